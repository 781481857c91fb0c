import { Link } from '@tanstack/react-router'

/** The way back from one call. */
export function AllCalls() {
  return (
    <Link to="/usage" className="underline">
      All calls
    </Link>
  )
}
