package reconcile

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"strings"

	"wasl/pipeline"
)

// A Verified is what came of looking through an archive.
type Verified struct {
	Manifest ArchiveManifest
	Files    int
	Wrong    []pipeline.Problem // archive.changed, archive.missing, archive.extra, archive.uuid
}

// VerifyArchive computes every hash of an archive again, a folder or a ZIP, and holds the
// uuid of each receipt against its bytes.
func VerifyArchive(ctx context.Context, where string, proves func(bytes []byte, uuid string) bool) (v Verified, err error) {
	in, done, err := openArchive(where)
	if err != nil {
		return v, &pipeline.Trouble{Rule: "archive.none", With: map[string]string{"path": where}, Err: err}
	}
	defer func() { _ = done() }() // it was only read
	text, err := fs.ReadFile(in, archiveSums)
	if err != nil {
		return v, &pipeline.Trouble{Rule: "archive.none", With: map[string]string{"path": where}, Err: err}
	}
	manifest, err := fs.ReadFile(in, archiveManifest)
	if err == nil {
		err = json.Unmarshal(manifest, &v.Manifest)
	}
	if err != nil {
		return v, &pipeline.Trouble{Rule: "archive.none", With: map[string]string{"path": where}, Err: err}
	}
	wrong := func(rule pipeline.Rule, name string) {
		v.Wrong = append(v.Wrong, pipeline.Problem{Origin: pipeline.Origin{File: name}, Rule: rule, With: map[string]string{"name": name}})
	}
	listed := map[string]bool{archiveSums: true}
	receipts := 0
	for line := range strings.Lines(string(text)) {
		if err := ctx.Err(); err != nil {
			return v, err
		}
		sum, name, ok := strings.Cut(strings.TrimRight(line, "\r\n"), "  ")
		if !ok {
			wrong("archive.changed", archiveSums)
			continue
		}
		listed[name] = true
		v.Files++
		bytes, err := fs.ReadFile(in, name)
		if err != nil {
			wrong("archive.missing", name)
			continue
		}
		if own := sha256.Sum256(bytes); hex.EncodeToString(own[:]) != sum {
			wrong("archive.changed", name)
			continue
		}
		if strings.HasPrefix(name, "receipts/") {
			receipts++
			if !proves(bytes, strings.TrimSuffix(path.Base(name), ".json")) {
				wrong("archive.uuid", name)
			}
		}
	}
	if receipts != v.Manifest.Receipts && len(v.Wrong) == 0 {
		wrong("archive.changed", archiveManifest)
	}
	err = fs.WalkDir(in, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !listed[name] {
			wrong("archive.extra", name)
		}
		return err
	})
	return v, err
}

func openArchive(where string) (fs.FS, func() error, error) {
	info, err := os.Stat(where)
	if err != nil {
		return nil, nil, err
	}
	if info.IsDir() {
		return os.DirFS(where), func() error { return nil }, nil
	}
	z, err := zip.OpenReader(where)
	if err != nil {
		return nil, nil, err
	}
	return z, z.Close, nil
}
