/** Long enough, and yet the first that anybody tries: from the published lists of leaked passwords, ten characters and more. */
export const commonPasswords: ReadonlySet<string> = new Set(
  `0123456789 1122334455 1234512345 123456789a 1234567890 12345678910 123456789q 1234567891 123abc123abc 123qwe123qwe
  1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx3edc 1qazxsw23edc 9876543210 aa12345678 abc1234567 abcd123456 abcd1234567 abcdefghij
  administrator adminadmin asdfghjkl1 asdfghjkl; asdfghjklz azertyuiop bismillah1 changeme123 chocolate1 correcthorse
  football123 iloveyou12 iloveyou123 iloveyou22 letmein123 liverpool1 loveyou123 maganda123 manchester michelle12
  minecraft1 motdepasse mypassword mypassword1 p@ssw0rd123 passw0rd123 password00 password01 password10 password11
  password12 password123 password123! password1234 password1! password!1 passwordpassword pokemon123 princess12
  princess123 q1w2e3r4t5 q1w2e3r4t5y6 qazwsxedcr qazwsxedc1 qweasdzxc1 qwe123qwe123 qwer123456 qwerasdfzxcv qwerqwerqwer
  qwerty1234 qwerty12345 qwerty123456 qwertyqwerty qwertyuiop qwertyuiop1 qwertyuiop[] sunshine12 sunshine123 superman12
  superman123 teste12345 test123456 trustno1trustno1 welcome123 welcome1234 welcome2025 welcome2026 whatever123 zaq12wsxcde3
  zaq1zaq1zaq1 zxcvbnm123 zxcvbnmasdf`.split(/\s+/),
)
