package admin

import (
	"errors"
	"io"
	"strings"
	"testing"
)

func staged(name, content string) StageFile {
	return StageFile{Name: name, MIME: "image/png", Size: int64(len(content)),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil }}
}

// Many files need one call for their targets, and each lies under its own address.
func TestStageAll(t *testing.T) {
	t.Parallel()
	s := open(t)
	sources, err := s.door(t).StageAll(t.Context(), "IMAGE", []StageFile{staged("a.png", "one"), staged("b.png", "two"), staged("a.png", "three")})
	if err != nil || len(sources) != 3 {
		t.Fatalf("StageAll: %v, %v", sources, err)
	}
	for i, want := range []string{"one", "two", "three"} {
		if f, ok := s.StagedFile(sources[i]); !ok || string(f.Data) != want || f.MIME != "image/png" {
			t.Errorf("%d: %+v", i, f)
		}
	}
	if n := len(s.CallsOf("stagedUploadsCreate")); n != 1 {
		t.Errorf("%d calls, want 1", n)
	}
	s.clean(t)
}

// A file that cannot be read leaves nothing in doubt: the shop is as it was.
func TestStageAll_Unreadable(t *testing.T) {
	t.Parallel()
	s := open(t)
	lost := errors.New("the disk is gone")
	bad := StageFile{Name: "b.png", MIME: "image/png", Size: 3, Open: func() (io.ReadCloser, error) { return nil, lost }}
	if _, err := s.door(t).StageAll(t.Context(), "IMAGE", []StageFile{staged("a.png", "one"), bad}); !errors.Is(err, lost) || !Certain(err) {
		t.Errorf("got %v", err)
	}
}
