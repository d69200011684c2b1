package extract

import "strings"

// Excel keeps number formats in styles: <td style='mso-number-format:"00000"'>, or
// in a class. Only those of zeros matter here: they show zeros before a code that
// may not be in the text. Dates stand in the text as they are shown.

const formatWord = "mso-number-format:"

// padOf is the format of zeros of a cell, formNumber where it has none.
func (r *webReader) padOf(attrs map[string]string) form {
	if f := styleForm(attrs["style"]); f != formNumber {
		return f
	}
	for _, class := range strings.Fields(attrs["class"]) {
		if f, ok := r.pads[class]; ok {
			return f
		}
	}
	return formNumber
}

// styleForm is the format of zeros that a style states.
func styleForm(style string) form {
	i := strings.Index(strings.ToLower(style), formatWord)
	if i < 0 {
		return formNumber
	}
	code, _, _ := strings.Cut(style[i+len(formatWord):], ";")
	code = strings.Trim(strings.TrimSpace(strings.ReplaceAll(code, `\`, "")), `"'`)
	if f, ok := padded(code); ok {
		return f
	}
	return formNumber
}

// maxPads is how many classes are kept.
const maxPads = 4096

// learnPads takes the classes of a style sheet that have a format of zeros.
func learnPads(pads map[string]form, sheet string) {
	for len(pads) < maxPads {
		rule, rest, ok := strings.Cut(sheet, "}")
		if !ok {
			return
		}
		sheet = rest
		names, style, ok := strings.Cut(rule, "{")
		if f := styleForm(style); ok && f != formNumber {
			for name := range strings.SplitSeq(names, ",") {
				if _, class, ok := strings.Cut(strings.TrimSpace(name), "."); ok {
					pads[class] = f
				}
			}
		}
	}
}
