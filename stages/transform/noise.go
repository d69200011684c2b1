package transform

import (
	"strings"

	"wasl/pipeline"
)

// floatDigits is how many significant digits a floating number keeps for sure.
const floatDigits = 15

// withoutNoise is a number without the noise of floating numbers that a program
// wrote into a text: 19.990000000000002 is 19.99. It is noise only where the
// first 15 significant digits are a far shorter number; 1/3 stays as it is.
func withoutNoise(d pipeline.Decimal) pipeline.Decimal {
	if d.PrecUint() < 12 {
		return d
	}
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(d.String(), "-"), ".")
	digits := len(strings.TrimLeft(whole+fraction, "0"))
	places := len(fraction) - (digits - floatDigits)
	if digits <= floatDigits || places < 0 {
		return d
	}
	if short := d.RoundHAZ(uint8(places)); trimmedPlaces(short) <= places-3 {
		return short
	}
	return d
}

// trimmedPlaces is how many decimals a number has, without zeros at its end.
func trimmedPlaces(d pipeline.Decimal) int {
	_, fraction, _ := strings.Cut(d.String(), ".")
	return len(strings.TrimRight(fraction, "0"))
}
