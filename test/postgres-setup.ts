import { afterAll } from 'vitest'
import { dropIdleDatabases } from './kit/database.ts'

// Runs for each test file: files share their modules, so what those registered themselves would hold for the first one only.
afterAll(dropIdleDatabases)
