package transform

import (
	"strings"
	"time"

	"wasl/pipeline"

	"github.com/quagmt/udecimal"
)

// how says how the text of a field's cells is to be read.
type how struct {
	as       pipeline.Type // how the text is read
	to       pipeline.Type // what the kind wants; the same, but for texts
	decimal  string        // the mark that the mapping pins: "." or ","; "": none
	fraction bool          // of a rate: the cell holds 0.14 for 14 %
	layouts  []layout      // of dates and times; nil: those beyond doubt
	zone     *time.Location
	order    string // of the parts of dates, where the column tells it: dmy, mdy, ymd; else ""
	pivot    int    // the first of the two-digit years that are 19xx; 0: such years are not read
	serial   serial // dates are Excel's day numbers
	rounds   bool   // numbers are rounded
	places   uint8  // to so many decimals
}

// serial says whether dates are day numbers, and from when they count.
type serial byte

const (
	noSerial   serial = iota
	serial1900        // 46086 is 2026-03-05
	serial1904        // 44624 is
)

// wrong is why a text could not be read; the zero value: it could.
type wrong struct {
	rule pipeline.Rule
	with map[string]string
}

// converters say how the text of each type is read. The text is clean and not
// empty.
var converters = [...]func(h *how, s string) (pipeline.Value, wrong){
	pipeline.Text:     readText,     // as it is
	pipeline.Code:     readCode,     // as it is, without Excel's apostrophe; no exponent
	pipeline.Amount:   readAmount,   // number, with or without EGP
	pipeline.Quantity: readQuantity, // number
	pipeline.Rate:     readRate,     // number, with or without %
	pipeline.Date:     readDate,     // a day, by the layouts
	pipeline.Time:     readTime,     // an instant; without a zone it is the field's, or the shop's
	pipeline.Bool:     readBool,     // yes or no, in either language

	pipeline.GTIN:       readGTIN,       // digits with a check digit
	pipeline.Phone:      readPhone,      // as +20...
	pipeline.NationalID: readNationalID, // 14 digits
	pipeline.TaxNo:      readTaxNo,      // 9 digits
	pipeline.Email:      readEmail,      // name@domain
}

// read turns a text into a value of the type that the kind wants.
func (h *how) read(s string) (pipeline.Value, wrong) {
	v, why := converters[h.as](h, s)
	if why.rule != "" {
		return v, why
	}
	if h.rounds {
		v.Dec = v.Dec.RoundHAZ(h.places)
	}
	if h.as == h.to {
		return v, wrong{}
	}
	return h.adapt(v), wrong{}
}

// adapt makes a value of the kind's type of one of the type that it was read
// as. Texts get the one way of writing it.
func (h *how) adapt(v pipeline.Value) pipeline.Value {
	switch {
	case h.to.Textual():
		v.Text = plainText(h.as, v)
	case h.to == pipeline.Date:
		v.Time = day(v.Time.In(h.zone))
	case h.to == pipeline.Time:
		v.Time, _ = local(v.Time, h.zone)
		v.Time = v.Time.UTC()
	}
	return v
}

// adapts tells whether what is read as one type can stand in a field of another.
func adapts(as, to pipeline.Type) bool {
	switch to {
	case as, pipeline.Text, pipeline.Code:
		return true
	case pipeline.GTIN, pipeline.Phone, pipeline.NationalID, pipeline.TaxNo, pipeline.Email:
		return as.Identifier()
	case pipeline.Amount, pipeline.Quantity, pipeline.Rate:
		return numeric(as)
	case pipeline.Date, pipeline.Time:
		return as == pipeline.Date || as == pipeline.Time
	}
	return false
}

func numeric(t pipeline.Type) bool {
	return t == pipeline.Amount || t == pipeline.Quantity || t == pipeline.Rate
}

// plainText is the one way to write a value: 12.5, 2026-11-23,
// 2026-11-23T10:00:00Z, true.
func plainText(as pipeline.Type, v pipeline.Value) string {
	switch as {
	case pipeline.Amount, pipeline.Quantity, pipeline.Rate:
		return v.Dec.String()
	case pipeline.Date:
		return v.Time.Format(time.DateOnly)
	case pipeline.Time:
		return v.Time.Format(time.RFC3339)
	case pipeline.Bool:
		if v.Bool {
			return "true"
		}
		return "false"
	}
	return v.Text
}

func readText(_ *how, s string) (pipeline.Value, wrong) {
	return pipeline.Value{Set: true, Text: s}, wrong{}
}

// readCode keeps a code as it stands, but for its digits, which mean the same in
// any set and are written in European ones.
func readCode(_ *how, s string) (pipeline.Value, wrong) {
	s = latinDigits(strings.TrimPrefix(s, "'"))
	if isExponent(s) {
		return pipeline.Value{}, wrong{rule: "code.exponent"}
	}
	return pipeline.Value{Set: s != "", Text: s}, wrong{}
}

// currencyWords are the ways in which Egyptian exports mark pounds. Longer
// ones first, since one word is cut.
var currencyWords = []string{"جنيهاً مصرياً", "جنيه مصري", "جنيهات", "جنيها", "جنيه", "ج.م.", "ج.م", "ج . م", "ج م", "EGP", "L.E.", "L.E", "E£", "£E", "LE"}

func readAmount(h *how, s string) (pipeline.Value, wrong) {
	return h.number(s, "amount.format", currencyWords)
}

func readQuantity(h *how, s string) (pipeline.Value, wrong) {
	v, why := h.number(s, "quantity.format", nil)
	if why.rule == "quantity.format" {
		if _, unit, ok := splitUnit(s); ok {
			return v, wrong{rule: "quantity.unit", with: map[string]string{"unit": unit}}
		}
	}
	return v, why
}

var percentWords = []string{"%", "٪", "﹪", "%"}

var percentSigns = strings.Join(percentWords, "")

// readRate reads per cent. A number between 0 and 1 is most likely a fraction,
// 0.14 for 14 %: too dear a slip to let pass. With the sign, as workbooks have it
// where they show it, there is no doubt.
func readRate(h *how, s string) (pipeline.Value, wrong) {
	v, why := h.number(s, "rate.format", percentWords)
	switch {
	case why.rule != "":
		return v, why
	case strings.ContainsAny(s, percentSigns):
	case h.fraction:
		v.Dec = v.Dec.Mul(hundred)
	case v.Dec.IsPos() && v.Dec.LessThan(udecimal.One):
		return pipeline.Value{}, wrong{rule: "rate.fraction"}
	}
	return v, wrong{}
}

var (
	hundred   = udecimal.MustFromInt64(100, 0)
	hundredth = udecimal.MustFromInt64(1, 2)
)

// number reads a number; bad is the rule of a text that is none.
func (h *how) number(s string, bad pipeline.Rule, words []string) (pipeline.Value, wrong) {
	number := strings.TrimPrefix(s, "'") // which spreadsheets put before a text
	d, rule := pipeline.ParseNumber(number, h.decimal, words)
	if rule == pipeline.NotNumber {
		if plain, lost, ok := expanded(number); ok && lost != "" {
			rule = lost
		} else if ok {
			d, rule = pipeline.ParseNumber(plain, ".", nil)
		}
	}
	switch rule {
	case "":
		return pipeline.Value{Set: true, Text: s, Dec: withoutNoise(d)}, wrong{}
	case pipeline.NotNumber:
		return pipeline.Value{}, wrong{rule: bad}
	}
	return pipeline.Value{}, wrong{rule: rule}
}

// yesNo are the words for yes and no, folded.
var yesNo = map[string]bool{
	"yes": true, "y": true, "true": true, "1": true, "on": true, "active": true,
	"نعم": true, "صح": true, "فعال": true, "نشط": true, "مفعل": true,
	"no": false, "n": false, "false": false, "0": false, "off": false, "inactive": false,
	"لا": false, "خطا": false, "غير فعال": false, "غير نشط": false, "غير مفعل": false, "موقوف": false,
}

func readBool(_ *how, s string) (pipeline.Value, wrong) {
	yes, ok := yesNo[pipeline.Fold(s)]
	if !ok {
		return pipeline.Value{}, wrong{rule: "bool.format"}
	}
	return pipeline.Value{Set: true, Text: s, Bool: yes}, wrong{}
}

// dates are the layouts in which a day is read: also those with a time of day,
// which is dropped.
func (h *how) dates() []layout {
	if h.layouts != nil {
		return h.layouts
	}
	return plainDatesAndTimes
}

// times are the layouts in which an instant is read.
func (h *how) times() []layout {
	if h.layouts != nil {
		return h.layouts
	}
	return plainTimesAndDates
}

var (
	plainDatesAndTimes = append(plainDates[:len(plainDates):len(plainDates)], plainTimes...)
	plainTimesAndDates = append(plainTimes[:len(plainTimes):len(plainTimes)], plainDates...)
)

// wanted names what would have been read, for a problem.
func (h *how) wanted() map[string]string {
	want := "2026-11-23"
	if len(h.layouts) > 0 {
		want = time.Date(2026, 11, 23, 14, 30, 0, 0, h.zone).Format(h.layouts[0].text)
	} else if h.as == pipeline.Time {
		want = "2026-11-23 14:30:00"
	}
	return map[string]string{"want": want}
}
