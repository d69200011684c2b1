package shopifytest

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// cash is an amount in thousandths of a currency's unit, so that sums are exact in every currency. What has fewer
// decimals is rounded to them wherever an amount comes out of a multiplication or a division.
type cash int64

const moneyUnit = 1000

// placesOf says how many decimals amounts of a currency have.
func placesOf(currency string) int {
	switch currency {
	case "JPY", "KRW", "CLP", "VND", "XOF", "XAF", "UGX":
		return 0
	case "KWD", "BHD", "JOD", "OMR", "TND", "IQD", "LYD":
		return 3
	}
	return 2
}

// stepOf is the smallest amount of a currency.
func stepOf(currency string) cash {
	step := cash(moneyUnit)
	for range placesOf(currency) {
		step /= 10
	}
	return step
}

// parseMoney reads a plain decimal with up to three places; "" is nothing.
func parseMoney(text string) (cash, error) {
	if text == "" {
		return 0, nil
	}
	n, err := parseScaled(text, 3)
	if err != nil || n > 1e15 || n < -1e15 {
		return 0, fmt.Errorf("shopifytest: %q is no amount", text)
	}
	return cash(n), nil
}

// parseScaled reads a plain decimal as a whole number of so many places.
func parseScaled(text string, places int) (int64, error) {
	if !plainDecimal.MatchString(text) {
		return 0, fmt.Errorf("shopifytest: %q is no decimal", text)
	}
	whole, fraction, _ := strings.Cut(text, ".")
	if len(fraction) > places {
		if strings.Trim(fraction[places:], "0") != "" {
			return 0, fmt.Errorf("shopifytest: %q has more than %d places", text, places)
		}
		fraction = fraction[:places]
	}
	return strconv.ParseInt(whole+fraction+strings.Repeat("0", places-len(fraction)), 10, 64)
}

// fixed writes the amount with so many places, as files do.
func (m cash) fixed(places int) string {
	sign, n := "", int64(m)
	if n < 0 {
		sign, n = "-", -n
	}
	whole := fmt.Sprintf("%s%d.%03d", sign, n/moneyUnit, n%moneyUnit)
	if places == 0 {
		return whole[:len(whole)-4]
	}
	return whole[:len(whole)-3+places]
}

// text writes the amount as the API does: at least one place, no zeros behind it (live: "285.0").
func (m cash) text() string {
	whole := strings.TrimRight(m.fixed(3), "0")
	if strings.HasSuffix(whole, ".") {
		whole += "0"
	}
	return whole
}

// scaled is m × by / of, rounded half away from zero to the step. The product may be longer than 64 bits.
func (m cash) scaled(by, of int64, step cash) cash {
	if of == 0 || m == 0 || by == 0 {
		return 0
	}
	negative := (m < 0) != (by < 0) != (of < 0)
	high, low := bits.Mul64(magnitude(int64(m)), magnitude(by))
	divisor := magnitude(of) * uint64(step)
	quotient, rest := bits.Div64(high, low, divisor)
	if rest >= divisor-rest {
		quotient++
	}
	out := cash(quotient) * step
	if negative {
		return -out
	}
	return out
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return uint64(-n)
	}
	return uint64(n)
}

// rateUnit is one whole of a rate: rates have up to six places.
const rateUnit = 1_000_000

// sharesOf splits an amount over weights, in the smallest steps and without losing any: each share is what has to be
// given out up to it, less what was given out before.
func sharesOf(amount cash, weights []cash, step cash) []cash {
	total := cash(0)
	for _, w := range weights {
		total += w
	}
	out, sum, given := make([]cash, len(weights)), cash(0), cash(0)
	for i, w := range weights {
		sum += w
		upTo := amount.scaled(int64(sum), int64(total), step)
		out[i], given = upTo-given, upTo
	}
	return out
}
