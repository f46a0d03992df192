package fold

import "unicode"

// dropped marks a letter that folding leaves out; other negative values of
// letter are indexes into pairs.
const dropped = -1

// pairs are the letters that fold to two.
var pairs = [...]string{2: "ss", 3: "ae", 4: "oe", 5: "th", 6: "дж", 7: "ij"}

// letter folds a lower-case letter or digit without diacritics.
func letter(r rune) rune {
	switch {
	case r < 0x80:
		return r
	case 'а' <= r && r <= 'я':
		switch r {
		case 'й':
			return 'и'
		case 'ь', 'ъ':
			return dropped
		}
		return r
	case isCyrillic(r):
		return cyrillicLetter(r)
	case unicode.IsDigit(r):
		return digit(r)
	}
	switch r {
	case 'ß':
		return -2
	case 'æ':
		return -3
	case 'œ':
		return -4
	case 'þ':
		return -5
	case 'ø':
		return 'o'
	case 'ł':
		return 'l'
	case 'đ', 'ð':
		return 'd'
	case 'ı':
		return 'i'
	case 'ħ':
		return 'h'
	case 'ŋ':
		return 'n'
	case 'ə':
		return 'a'
	case 'ς':
		return 'σ'
	}
	return r
}

// cyrillicLetter folds letters beyond а…я to the Russian letter that a Russian
// document would have in their place.
func cyrillicLetter(r rune) rune {
	switch r {
	case 'ё', 'є', 'ѣ':
		return 'е'
	case 'і', 'ї', 'ј', 'ѵ', 'ӏ':
		return 'и'
	case 'қ', 'ҡ', 'ӄ', 'ҝ', 'ќ':
		return 'к'
	case 'ә', 'ӕ':
		return 'а'
	case 'ғ', 'ґ', 'ҕ', 'ѓ':
		return 'г'
	case 'ң', 'ҥ', 'ӈ', 'њ':
		return 'н'
	case 'ө', 'ѡ', 'ҩ':
		return 'о'
	case 'ұ', 'ү', 'ў':
		return 'у'
	case 'һ', 'ҳ', 'ҷ':
		if r == 'ҷ' {
			return 'ч'
		}
		return 'х'
	case 'җ':
		return 'ж'
	case 'ҙ', 'ѕ':
		return 'з'
	case 'ҫ':
		return 'с'
	case 'љ':
		return 'л'
	case 'ҹ', 'ћ':
		return 'ч'
	case 'ҵ':
		return 'ц'
	case 'ѳ':
		return 'ф'
	case 'ђ', 'џ':
		return -6
	}
	return r
}

// lookalike gives the Cyrillic letter that a Latin one is mistaken for; it sees
// the letter's case, for Н and һ look like H and h.
func lookalike(r rune) rune {
	switch r {
	case 'A', 'a':
		return 'а'
	case 'B':
		return 'в'
	case 'C', 'c':
		return 'с'
	case 'E', 'e':
		return 'е'
	case 'H':
		return 'н'
	case 'h':
		return 'х'
	case 'I', 'i':
		return 'и'
	case 'K', 'k':
		return 'к'
	case 'M', 'm':
		return 'м'
	case 'O', 'o':
		return 'о'
	case 'P', 'p':
		return 'р'
	case 'T', 't':
		return 'т'
	case 'X', 'x':
		return 'х'
	case 'Y', 'y':
		return 'у'
	}
	return r
}

// digit gives the ASCII digit for a decimal digit of any script. Unicode keeps
// the ten of a script together, so the number of digits before r tells its value.
func digit(r rune) rune {
	if '0' <= r && r <= '9' {
		return r
	}
	value := rune(0)
	for unicode.IsDigit(r - value - 1) {
		value++
	}
	return '0' + value%10
}
