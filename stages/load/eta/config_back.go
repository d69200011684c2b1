package eta

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// The values of the settings of what comes back.
const (
	CopyA4   = "a4"
	CopyRoll = "80mm"
	CopyNone = "none"

	numberSuffix = "suffix"
	numberSame   = "same"
	timeNow      = "now"
	timeKept     = "kept"

	CompareRestore = "restore"
	CompareStart   = "start"
)

func (c Config) withBackDefaults() Config {
	c.PackagePath = cmp.Or(c.PackagePath, "/api/v1.0/receiptpackages/{id}")
	c.CompareHeads = cmp.Or(c.CompareHeads, CompareRestore)
	c.CorrectNumber = cmp.Or(c.CorrectNumber, numberSuffix)
	c.CorrectTime = cmp.Or(c.CorrectTime, timeNow)
	if len(c.Copies) == 0 {
		c.Copies = []string{CopyA4, CopyRoll}
	}
	return c
}

func (v *findings) back(c Config) {
	v.choice("compare_heads", c.CompareHeads, CompareRestore, CompareStart)
	v.choice("correction_number", c.CorrectNumber, numberSuffix, numberSame)
	v.choice("correction_time", c.CorrectTime, timeNow, timeKept)
	for _, size := range c.Copies {
		v.choice("copies", size, CopyA4, CopyRoll, CopyNone)
	}
	for setting, hour := range map[string]string{"tieout": c.TieOut, "readiness": c.Readiness} {
		_, err := time.Parse("15:04", cmp.Or(hour, "00:00"))
		v.check(err == nil, setting, "eta.hour", "value", hour)
	}
	v.check(strings.HasPrefix(c.PackagePath, "/") && strings.Contains(c.PackagePath, "{id}"), "package_path", "eta.packagepath", "value", c.PackagePath)
	v.check(c.ERPClientSecret == "" || c.ERPClientID != "", "erp_client_id", "eta.missing")
}

// CopySizes are the sizes in which copies of receipts are made; none where they are switched off.
func (c Config) CopySizes() []string {
	c = c.withBackDefaults()
	if slices.Contains(c.Copies, CopyNone) {
		return nil
	}
	return slices.Compact(slices.Sorted(slices.Values(c.Copies)))
}
