package extract

import "testing"

// TestFormOf_Dressed: a number that a format shows with letters or marks is no
// code that anybody could read; amounts, units, dates and plain zeros are not
// meant.
func TestFormOf_Dressed(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]form{
		`"K-"0000`: formDressed, `\K\-0000`: formDressed, `000-000`: formDressed, `0000"م"`: formDressed, `00/00`: formDressed,
		`0000`: formPadded + 4, `0 "قطعة"`: formNumber, `#,##0.00`: formNumber, `"EGP" #,##0.00`: formNumber, `0.00`: formNumber,
		`00%`: formPercent, `dd-mm-yyyy`: formDate, `General`: formNumber, `_(* #,##0_)`: formNumber, `"ج.م" 0.00`: formNumber,
	} {
		if got := formOf(code); got != want {
			t.Errorf("formOf(%s) = %d, want %d", code, got, want)
		}
	}
	text, fault, ok := stored("12", formDressed, false)
	if text != "12" || fault == nil || fault.Rule != "cell.dressed" || !ok {
		t.Errorf("stored = %q, %v, %t", text, fault, ok)
	}
}
