// Package mappings holds the flows that wasl brings along, one YAML file each:
// which files they take, which column is which field, and what is left out.
// wasl init copies them into a new folder, where they are the merchant's own to
// change; the program runs the copies, never these.
//
// The folder optional holds flows that not everybody wants: they run once they are moved
// up, beside the others.
//
// The folder erp holds how files for the ERP look, one YAML file a layout, and the
// workbook that one of them fills in.
//
// Each file teaches by its comments and carries its own examples, which every
// wasl check runs.
package mappings

import (
	"embed"
	"io/fs"
)

//go:generate go run erp_template.go

//go:embed *.yaml optional/*.yaml erp/*.yaml erp/*.xlsx
var files embed.FS

// Files are the shipped mappings, by name, and in erp the layouts of the ERP's files.
var Files fs.FS = files
