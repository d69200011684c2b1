package erp

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/net/idna"

	"wasl/pipeline"
)

// homeCountry is where a number without a country's code is of.
const homeCountry = "EG"

// phoneKey is a telephone number as it is compared, in E.164: +201001234567. country
// is the ISO code of where its owner lives, "" for Egypt; a number that begins with +
// or 00 says it itself. ok is false for what is no number that can be called: an
// extension, two numbers, digits that a spreadsheet has put into scientific form.
// Mobiles of Egypt may lack their leading 0, which spreadsheets drop. The plans of
// numbers are those of Google's libphonenumber.
func phoneKey(text, country string) (key string, ok bool) {
	var b strings.Builder
	for _, r := range strings.TrimPrefix(pipeline.Clean(text), "'") {
		digit, is := pipeline.Digit(r)
		switch {
		case is:
			b.WriteByte(byte('0' + digit))
		case r == '+' && b.Len() == 0:
			b.WriteRune(r)
		case strings.ContainsRune(" -./()\u2010\u2011\u2012\u2013", r):
		default:
			return "", false
		}
	}
	plain := b.String()
	if international, is := strings.CutPrefix(plain, "00"); is { // the way out of most countries, Egypt among them
		plain = "+" + international
	}
	country = strings.ToUpper(strings.TrimSpace(country))
	if len(country) != 2 {
		country = homeCountry
	}
	if national, ok := mobileOf(plain); ok && (country == homeCountry || strings.HasPrefix(plain, "+20")) {
		return "+20" + national, true // most of all numbers: a list of 100,000 customers is read with each file
	}
	for _, region := range []string{country, homeCountry} { // somebody abroad may have kept a number of Egypt
		n, err := phonenumbers.Parse(plain, region)
		if err == nil && phonenumbers.IsValidNumber(n) {
			return phonenumbers.Format(n, phonenumbers.E164), true
		}
	}
	return "", false
}

// mobileOf is a mobile number of Egypt without its 0: 10, 11, 12 or 15, and eight digits.
func mobileOf(plain string) (national string, ok bool) {
	national = strings.TrimPrefix(strings.TrimPrefix(plain, "+20"), "0")
	return national, len(national) == 10 && national[0] == '1' && strings.IndexByte("0125", national[1]) >= 0
}

// emailKey is an address of mail as it is compared: without blanks and capital
// letters, its domain as the name system writes it. Dots and +tags stay: whether two
// such addresses are one is for their provider to know.
func emailKey(text string) (key string, ok bool) {
	text = strings.ToLower(strings.TrimPrefix(pipeline.Clean(text), "mailto:"))
	local, domain, ok := strings.Cut(text, "@")
	if !ok || local == "" || strings.ContainsAny(domain, "@ ") || strings.ContainsAny(local, " <>,;") {
		return "", false
	}
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil || !strings.Contains(ascii, ".") {
		return "", false
	}
	return local + "@" + ascii, true
}
