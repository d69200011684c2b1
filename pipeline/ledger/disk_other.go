//go:build !linux

package ledger

import (
	"path/filepath"
	"strings"

	"wasl/pipeline"
)

// checkDisk refuses a folder on a share as far as its name tells: a UNC path.
// A mapped drive is not seen through.
func checkDisk(dir string, allowShare bool) ([]pipeline.Problem, error) {
	abs, err := filepath.Abs(dir)
	if err != nil || !strings.HasPrefix(abs, `\\`) || strings.HasPrefix(abs, `\\?\`) && !strings.HasPrefix(abs, `\\?\UNC\`) {
		return nil, nil
	}
	with := map[string]string{"dir": dir, "kind": "UNC"}
	if !allowShare {
		return nil, &pipeline.Trouble{Rule: "state.share", With: with}
	}
	return []pipeline.Problem{{Rule: "state.doubtful", With: with}}, nil
}
