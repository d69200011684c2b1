package eta

import (
	"strings"

	"wasl/pipeline"
)

// SettingResults is the setting of a flow of receipts that names its results file.
const SettingResults = "results"

// resultsSetting lets a flow say that what became of its receipts is wanted back: it goes round by the front door.
var resultsSetting = pipeline.Setting{Name: SettingResults, Type: pipeline.Text, Form: "a name without folder and ending: eta-results", Fits: plainName,
	Help: "how the name of the file begins that is dropped into the inbox when a job's receipts are through: eta-results; empty: none is"}

// plainName tells whether a text can be the beginning of a file's name.
func plainName(v string) bool {
	return len(v) <= 60 && !strings.HasPrefix(v, ".") && !strings.ContainsAny(v, `/\:*?"<>|`) && strings.TrimSpace(v) == v
}
