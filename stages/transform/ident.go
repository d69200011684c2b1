package transform

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"wasl/pipeline"
)

// digitsOnly is an identifier of digits alone: European ones, without the blanks
// and dashes that people put between groups. ok is false where anything else
// stands in it.
func digitsOnly(s, between string) (digits string, ok bool) {
	var b strings.Builder
	for _, r := range strings.TrimPrefix(s, "'") {
		switch d, is := pipeline.Digit(r); {
		case is:
			b.WriteByte(byte('0' + d))
		case strings.ContainsRune(between, r):
		default:
			return "", false
		}
	}
	return b.String(), b.Len() > 0
}

// gtinLengths are those of GTIN-8, GTIN-12 (UPC), GTIN-13 (EAN) and GTIN-14.
var gtinLengths = []int{8, 12, 13, 14}

// readGTIN reads a bar code number and checks its last digit (GS1 General
// Specifications, 7.9). Zeros at its beginning belong to it.
func readGTIN(_ *how, s string) (pipeline.Value, wrong) {
	if isExponent(s) {
		return pipeline.Value{}, wrong{rule: "code.exponent"}
	}
	digits, ok := digitsOnly(s, " -")
	if !ok || !slices.Contains(gtinLengths, len(digits)) {
		return pipeline.Value{}, wrong{rule: "gtin.format", with: map[string]string{"length": strconv.Itoa(len(digits))}}
	}
	last := len(digits) - 1
	if want := gtinCheck(digits[:last]); digits[last] != want {
		return pipeline.Value{}, wrong{rule: "gtin.check", with: map[string]string{
			"digit": string(want), "given": digits[last:], "right": digits[:last] + string(want)}}
	}
	return pipeline.Value{Set: true, Text: digits}, wrong{}
}

// gtinCheck is the check digit of a GTIN without it: from the right, every other
// digit counts three times.
func gtinCheck(digits string) byte {
	sum := 0
	for i := range len(digits) {
		weight := 1
		if (len(digits)-i)%2 == 1 {
			weight = 3
		}
		sum += weight * int(digits[i]-'0')
	}
	return byte('0' + (10-sum%10)%10)
}

// landlines are the area codes of Egypt, without the leading 0, and how many
// digits a number there has: the National Telecom Regulatory Authority's plan.
var landlines = map[string]int{
	"2": 8, "3": 7, "13": 7, "15": 7, "40": 7, "45": 7, "46": 7, "47": 7, "48": 7, "50": 7, "55": 7, "57": 7, "62": 7,
	"64": 7, "65": 7, "66": 7, "68": 7, "69": 7, "82": 7, "84": 7, "86": 7, "88": 7, "92": 7, "93": 7, "95": 7, "96": 7, "97": 7,
}

// readPhone reads an Egyptian number, mobile or landline, and writes it as
// +201001234567. A mobile number may lack its leading 0, which spreadsheets
// drop; a landline without it could be a local number, and is not taken.
func readPhone(_ *how, s string) (pipeline.Value, wrong) {
	bad := wrong{rule: "phone.format"}
	if isExponent(s) {
		return pipeline.Value{}, wrong{rule: "code.exponent"}
	}
	s = strings.TrimPrefix(s, "'")
	plus := strings.HasPrefix(s, "+")
	digits, ok := digitsOnly(strings.TrimPrefix(s, "+"), " -./()")
	if !ok {
		return pipeline.Value{}, bad
	}
	national, trunk := digits, false
	switch {
	case plus:
		national, ok = strings.CutPrefix(digits, "20")
	case strings.HasPrefix(digits, "00"):
		national, ok = strings.CutPrefix(digits, "0020")
	case strings.HasPrefix(digits, "20") && len(digits) >= 10:
		national = digits[2:]
	case strings.HasPrefix(digits, "0"):
		national, trunk = digits[1:], true
	case !mobile(digits):
		return pipeline.Value{}, bad
	}
	if !trunk {
		national = strings.TrimPrefix(national, "0") // +20 (0)100 ...
	}
	if !ok || !mobile(national) && !landline(national) {
		return pipeline.Value{}, bad
	}
	return pipeline.Value{Set: true, Text: "+20" + national}, wrong{}
}

// mobile tells whether a number without its 0 is one of the four networks'.
func mobile(national string) bool {
	return len(national) == 10 && national[0] == '1' && strings.IndexByte("0125", national[1]) >= 0
}

func landline(national string) bool {
	for n := 1; n <= 2 && n < len(national); n++ {
		if length, ok := landlines[national[:n]]; ok && len(national) == n+length && national[n] != '0' {
			return true
		}
	}
	return false
}

// governorates are the two digits of a national ID that say where its holder was
// born; 88 is abroad.
var governorates = strings.Fields("01 02 03 04 11 12 13 14 15 16 17 18 19 21 22 23 24 25 26 27 28 29 31 32 33 34 35 88")

// idWeights are those by which the digits of a national ID count for its check
// digit. No public paper of the authorities states them; the libraries in use
// agree on them.
var idWeights = [13]int{2, 7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2}

// readNationalID reads the 14 digits of an Egyptian national ID: the century (2:
// 1900 on, 3: 2000 on), the day of birth, the governorate, a serial number of
// four digits, and a check digit.
func readNationalID(_ *how, s string) (pipeline.Value, wrong) {
	if isExponent(s) {
		return pipeline.Value{}, wrong{rule: "code.exponent"}
	}
	digits, ok := digitsOnly(s, " -")
	switch {
	case !ok || len(digits) != 14 || digits[0] != '2' && digits[0] != '3':
		return pipeline.Value{}, wrong{rule: "nationalid.format"}
	case !born(digits):
		return pipeline.Value{}, wrong{rule: "nationalid.born", with: map[string]string{"date": digits[1:7]}}
	case !slices.Contains(governorates, digits[7:9]):
		return pipeline.Value{}, wrong{rule: "nationalid.place", with: map[string]string{"place": digits[7:9]}}
	case digits[13] != idCheck(digits):
		return pipeline.Value{}, wrong{rule: "nationalid.check"}
	}
	return pipeline.Value{Set: true, Text: digits}, wrong{}
}

// born tells whether the day of birth in a national ID is one.
func born(digits string) bool {
	century := "19"
	if digits[0] == '3' {
		century = "20"
	}
	_, err := time.Parse("20060102", century+digits[1:7])
	return err == nil
}

// idCheck is the check digit of a national ID, of which the first 13 count.
func idCheck(digits string) byte {
	sum := 0
	for i, weight := range idWeights {
		sum += weight * int(digits[i]-'0')
	}
	return byte('0' + (11-sum%11)%10)
}

// readTaxNo reads a tax registration number: 9 digits, often written as
// 123-456-789.
func readTaxNo(_ *how, s string) (pipeline.Value, wrong) {
	digits, ok := digitsOnly(s, " -/")
	if !ok || len(digits) != 9 {
		return pipeline.Value{}, wrong{rule: "taxno.format", with: map[string]string{"length": strconv.Itoa(len(digits))}}
	}
	return pipeline.Value{Set: true, Text: digits}, wrong{}
}

// readEmail reads an address, plainly: one @, a domain with a dot, no blanks. The
// domain is written in small letters, which mean the same.
func readEmail(_ *how, s string) (pipeline.Value, wrong) {
	local, domain, ok := strings.Cut(strings.TrimPrefix(s, "mailto:"), "@")
	odd := func(r rune) bool { return r <= ' ' || strings.ContainsRune(`@,;:<>()[]"\`, r) }
	if !ok || local == "" || len(local) > 64 || len(domain) > 253 || strings.ContainsFunc(local+domain, odd) || !host(domain) {
		return pipeline.Value{}, wrong{rule: "email.format"}
	}
	return pipeline.Value{Set: true, Text: local + "@" + strings.ToLower(domain)}, wrong{}
}

// host tells whether a text is the name of a machine with a dot in it.
func host(domain string) bool {
	parts := strings.Split(domain, ".")
	for _, p := range parts {
		if p == "" || len(p) > 63 || strings.HasPrefix(p, "-") || strings.HasSuffix(p, "-") {
			return false
		}
	}
	return len(parts) > 1 && len(parts[len(parts)-1]) > 1
}
