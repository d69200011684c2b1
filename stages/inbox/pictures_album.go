package inbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"wasl/pipeline"
)

// album is what is remembered of a folder.
type album struct {
	Files  map[string]shot `json:"files"`  // by name
	Rows   map[string]bool `json:"rows"`   // names in the last list
	Listed string          `json:"listed"` // the hash of the last list
}

// shot is a picture that lies in the vault.
type shot struct {
	shape
	SHA  string `json:"sha"`
	Type string `json:"type"` // image/jpeg, by its bytes
}

// remember reads what was written down of the folder. Without it everything is
// new, which changes nothing in the shop.
func (p *Pictures) remember() error {
	if p.album != nil {
		return nil
	}
	a := &album{}
	text, err := os.ReadFile(p.deps.State)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read what is known of pictures: %w", err)
	}
	if err == nil && json.Unmarshal(text, a) != nil {
		a = &album{} // cut off by a crash of the machine
	}
	if a.Files == nil {
		a.Files = map[string]shot{}
	}
	if a.Rows == nil {
		a.Rows = map[string]bool{}
	}
	p.album = a
	return nil
}

// save writes it down, whole or not at all.
func (p *Pictures) save() error {
	text, err := json.Marshal(p.album)
	if err != nil {
		return fmt.Errorf("write down pictures: %w", err)
	}
	err = pipeline.WriteWhole(p.deps.State, 0o600, func(to io.Writer) error {
		_, err := to.Write(text)
		return err
	})
	if err != nil {
		return fmt.Errorf("write down pictures: %w", err)
	}
	return nil
}
