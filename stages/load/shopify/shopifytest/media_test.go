package shopifytest

import (
	"strings"
	"testing"
)

func createFile(t *testing.T, s *Server, in fields) (id string, a answer) {
	t.Helper()
	a = ask(t, s, operation(t, "file_create"), fields{"files": []any{in}})
	return text(a.at("fileCreate.files.0.id")), a
}

func fileState(t *testing.T, s *Server, id string) answer {
	t.Helper()
	return ask(t, s, operation(t, "file_status"), fields{"ids": []string{id}})
}

func TestFile_IsProcessedOverPolls(t *testing.T) {
	t.Parallel()
	s, _ := goods(t, Options{MediaPolls: 2})
	id, a := createFile(t, s, fields{"originalSource": "https://example.com/a.jpg", "contentType": "IMAGE", "alt": "front"})
	if a.at("fileCreate.files.0.fileStatus") != "UPLOADED" {
		t.Errorf("created: %s", a.raw)
	}
	for _, want := range []string{"PROCESSING", "PROCESSING", "READY", "READY"} {
		if a := fileState(t, s, id); a.at("nodes.0.fileStatus") != want || (want == "READY") != (a.at("nodes.0.image.url") != nil) {
			t.Errorf("got %s, want %s", a.raw, want)
		}
	}
	s.FailSource("broken", "IMAGE_DOWNLOAD_FAILURE")
	id, _ = createFile(t, s, fields{"originalSource": "https://example.com/broken.jpg"})
	fileState(t, s, id)
	fileState(t, s, id)
	if a := fileState(t, s, id); a.at("nodes.0.fileStatus") != "FAILED" || a.at("nodes.0.fileErrors.0.code") != "IMAGE_DOWNLOAD_FAILURE" {
		t.Errorf("failed: %s", a.raw)
	}
	s.SlowSource("slow", 5)
	id, _ = createFile(t, s, fields{"originalSource": "https://example.com/slow.jpg"})
	for range 5 {
		if a := fileState(t, s, id); a.at("nodes.0.fileStatus") != "PROCESSING" {
			t.Errorf("slow: %s", a.raw)
		}
	}
}

func TestFile_NamesAndRefusals(t *testing.T) {
	t.Parallel()
	s, _ := goods(t, Options{MediaPolls: -1})
	image := fields{"originalSource": "https://example.com/a.jpg", "filename": "A-1.jpg"}
	id, _ := createFile(t, s, image)
	if again, _ := createFile(t, s, image); again == id || s.Files()[1].Name == "A-1.jpg" {
		t.Errorf("the default appends: %+v", s.Files())
	}
	if again, _ := createFile(t, s, with(image, "duplicateResolutionMode", "REPLACE")); again != id || len(s.Files()) != 2 {
		t.Errorf("REPLACE keeps the id: %+v", s.Files())
	}
	for _, c := range []struct {
		in   fields
		want string
	}{
		{with(image, "duplicateResolutionMode", "RAISE_ERROR"), "FILENAME_ALREADY_EXISTS files.0.filename"},
		{fields{"originalSource": "https://example.com/a.jpg", "duplicateResolutionMode": "REPLACE"}, "MISSING_FILENAME_FOR_DUPLICATE_MODE_REPLACE files.0.duplicateResolutionMode"},
		{fields{"originalSource": "a.jpg"}, "INVALID_IMAGE_SOURCE_URL files.0.originalSource"},
		{fields{"originalSource": s.URL() + "/staged-uploads/nothing"}, "INVALID_IMAGE_SOURCE_URL files.0.originalSource"},
		{fields{"originalSource": "https://example.com/a.jpg", "filename": "a.png"}, "MISMATCHED_FILENAME_AND_ORIGINAL_SOURCE files.0.filename"},
		{fields{"originalSource": "https://example.com/a.jpg", "alt": strings.Repeat("x", 513)}, "ALT_VALUE_LIMIT_EXCEEDED files.0.alt"},
	} {
		if _, a := createFile(t, s, c.in); userErrorCodes(a) != c.want {
			t.Errorf("%v: got %s, want %q", c.in, a.raw, c.want)
		}
	}
	if len(s.Files()) != 2 {
		t.Errorf("a refused call made a file")
	}
	del := func(ids ...string) answer { return ask(t, s, operation(t, "file_delete"), fields{"fileIds": ids}) }
	if a := del(id, gid("MediaImage", 1)); userErrorCodes(a) != "FILE_DOES_NOT_EXIST fileIds" || len(s.Files()) != 2 {
		t.Errorf("one is missing: %s", a.raw)
	}
	if a := del(id); userErrorCodes(a) != "" || a.at("fileDelete.deletedFileIds.0") != id || len(s.Files()) != 1 {
		t.Errorf("deleted: %s", a.raw)
	}
}

func TestFile_Update(t *testing.T) {
	t.Parallel()
	s, p := goods(t, Options{})
	id, _ := createFile(t, s, fields{"originalSource": "https://example.com/a.jpg"})
	update := func(in fields) answer { return ask(t, s, operation(t, "file_update"), fields{"files": []any{in}}) }
	if a := update(fields{"id": id, "alt": "x"}); userErrorCodes(a) != "NON_READY_STATE files" {
		t.Errorf("too early: %s", a.raw)
	}
	if a := update(fields{"id": id, "alt": "x"}); userErrorCodes(a) != "" {
		t.Errorf("tried again: %s", a.raw)
	}
	if a := update(fields{"id": gid("MediaImage", 1), "alt": "x"}); userErrorCodes(a) != "FILE_DOES_NOT_EXIST files" {
		t.Errorf("no file: %s", a.raw)
	}
	if a := update(fields{"id": id, "referencesToAdd": []string{gid("Product", 1)}}); userErrorCodes(a) != "REFERENCE_TARGET_DOES_NOT_EXIST files.0.referencesToAdd" {
		t.Errorf("no product: %s", a.raw)
	}
	if a := update(fields{"id": id, "alt": "front", "referencesToAdd": []string{p.ID}}); userErrorCodes(a) != "" || a.at("fileUpdate.files.0.alt") != "front" {
		t.Errorf("attached: %s", a.raw)
	}
	a := ask(t, s, operation(t, "product_variant_append_media"), fields{"productId": p.ID, "variantMedia": []any{fields{"variantId": p.Variants[0].ID, "mediaIds": []string{id}}}})
	if got, _ := s.Product(p.ID); userErrorCodes(a) != "" || len(got.Media) != 1 || got.Media[0].Alt != "front" || got.Variants[0].Picture != id {
		t.Errorf("on the variant: %s", a.raw)
	}
	update(fields{"id": id, "referencesToRemove": []string{p.ID}})
	if got, _ := s.Product(p.ID); len(got.Media) != 0 || got.Variants[0].Picture != "" || len(s.Files()) != 1 {
		t.Errorf("detached from the product and its variants, and kept: %+v", got)
	}
	if a := update(fields{"id": id, "originalSource": "https://example.com/b.jpg"}); a.at("fileUpdate.files.0.fileStatus") != "UPLOADED" {
		t.Errorf("new content is processed again: %s", a.raw)
	}
	if got := s.Files()[0]; got.ID != id || got.Source != "https://example.com/b.jpg" {
		t.Errorf("got %+v", got)
	}
}

func TestMedia_OfVariants(t *testing.T) {
	t.Parallel()
	s, p := goods(t, Options{})
	mustPicture := func(source string) string {
		if err := s.EditProduct(p.ID, func(p *Product) { p.Media = append(p.Media, Picture{Source: source}) }); err != nil {
			t.Fatal(err)
		}
		got, _ := s.Product(p.ID)
		return got.Media[len(got.Media)-1].ID
	}
	ready, second := mustPicture("https://example.com/1.jpg"), mustPicture("https://example.com/2.jpg")
	loose, _ := createFile(t, s, fields{"originalSource": "https://example.com/3.jpg"})
	ask(t, s, operation(t, "product_update"), fields{"product": fields{"id": p.ID}, "media": []any{fields{"originalSource": "https://example.com/4.jpg", "mediaContentType": "IMAGE"}}})
	now, _ := s.Product(p.ID)
	m, l := p.Variants[0].ID, p.Variants[1].ID
	pair := func(variant string, media ...string) fields { return fields{"variantId": variant, "mediaIds": media} }
	do := func(pairs ...any) string {
		return userErrorCodes(ask(t, s, operation(t, "product_variant_append_media"), fields{"productId": p.ID, "variantMedia": pairs}))
	}
	for _, c := range []struct {
		pairs []any
		want  string
	}{
		{[]any{pair(m, ready, second)}, "TOO_MANY_MEDIA_PER_INPUT_PAIR variantMedia.0.mediaIds"},
		{[]any{pair(m, ready), pair(m, second)}, "PRODUCT_VARIANT_SPECIFIED_MULTIPLE_TIMES variantMedia.0.variantId"},
		{[]any{pair(gid("ProductVariant", 1), ready)}, "PRODUCT_VARIANT_DOES_NOT_EXIST_ON_PRODUCT variantMedia.0.variantId"},
		{[]any{pair(m, loose)}, "MEDIA_DOES_NOT_EXIST_ON_PRODUCT variantMedia.0.mediaIds"},
		{[]any{pair(m, now.Media[2].ID)}, "NON_READY_MEDIA variantMedia.0.mediaIds"},
		{[]any{pair(m, ready), pair(l, gid("MediaImage", 1))}, "MEDIA_DOES_NOT_EXIST variantMedia.1.mediaIds"},
		{[]any{pair(m, ready), pair(l, ready)}, ""},
		{[]any{pair(m, second)}, "PRODUCT_VARIANT_ALREADY_HAS_MEDIA variantMedia.0.variantId"},
	} {
		if got := do(c.pairs...); got != c.want {
			t.Errorf("%v: got %q, want %q", c.pairs, got, c.want)
		}
	}
}

func TestMedia_ReorderIsAJob(t *testing.T) {
	t.Parallel()
	s, p := goods(t, Options{})
	if err := s.EditProduct(p.ID, func(p *Product) {
		p.Media = []Picture{{Source: "https://example.com/1.jpg"}, {Source: "https://example.com/2.jpg"}, {Source: "https://example.com/3.jpg"}}
	}); err != nil {
		t.Fatal(err)
	}
	before, _ := s.Product(p.ID)
	order := func() string {
		now, _ := s.Product(p.ID)
		var out []string
		for _, m := range now.Media {
			out = append(out, strings.TrimSuffix(strings.TrimPrefix(m.Source, "https://example.com/"), ".jpg"))
		}
		return strings.Join(out, "")
	}
	reorder := func(moves ...any) answer {
		return ask(t, s, operation(t, "product_reorder_media"), fields{"id": p.ID, "moves": moves})
	}
	if a := reorder(fields{"id": gid("MediaImage", 1), "newPosition": "0"}); a.at("productReorderMedia.mediaUserErrors.0.code") != "MEDIA_DOES_NOT_EXIST" {
		t.Errorf("no picture: %s", a.raw)
	}
	a := reorder(fields{"id": before.Media[2].ID, "newPosition": "0"}, fields{"id": before.Media[0].ID, "newPosition": "9"})
	if a.at("productReorderMedia.job.done") != false || order() != "123" {
		t.Errorf("answer: %s, %s", a.raw, order())
	}
	job := fields{"id": a.at("productReorderMedia.job.id")}
	if a := ask(t, s, operation(t, "job_status"), job); a.at("job.done") != false || order() != "123" {
		t.Errorf("first poll: %s", a.raw)
	}
	if a := ask(t, s, operation(t, "job_status"), job); a.at("job.done") != true || order() != "321" {
		t.Errorf("second poll: %s, %s", a.raw, order())
	}
}

func TestProductSet_Files(t *testing.T) {
	t.Parallel()
	s, _ := goods(t, Options{})
	a, b := fields{"originalSource": "https://example.com/a.jpg", "alt": "front"}, fields{"originalSource": "https://example.com/b.jpg"}
	in := with(shirt("IG-2", "M"), "files", []any{a, b})
	in["variants"].([]any)[0].(fields)["file"] = b
	p := mustSet(t, s, groupOf("IG-2"), in)
	if len(p.Media) != 2 || p.Media[0].Alt != "front" || p.Media[0].Status != "UPLOADED" || p.Variants[0].Picture != p.Media[1].ID {
		t.Fatalf("got %+v", p)
	}
	delete(in["variants"].([]any)[0].(fields), "file")
	if q := mustSet(t, s, groupOf("IG-2"), in); q.Media[0].ID == p.Media[0].ID {
		t.Errorf("the same address sent again makes a new file")
	}
	if got := s.JudgeBut(); len(got) != 0 {
		t.Errorf("got %v", got)
	}
	q, _ := s.Product(p.ID)
	in["files"] = []any{fields{"id": q.Media[1].ID}, fields{"id": q.Media[0].ID, "alt": "new"}}
	if r := mustSet(t, s, groupOf("IG-2"), in); r.Media[0].ID != q.Media[1].ID || r.Media[1].ID != q.Media[0].ID || r.Media[1].Alt != "new" {
		t.Errorf("by id, in the order given: %+v", r.Media)
	}
	if n := len(s.Files()); n != 4 {
		t.Errorf("files that left the product stay in the shop: %d", n)
	}
}

// A picture from a staged upload: what was uploaded can be named by its resourceUrl, what was not cannot.
func TestFile_FromAStagedUpload(t *testing.T) {
	t.Parallel()
	s, _ := goods(t, Options{MediaPolls: -1})
	a := ask(t, s, operation(t, "staged_uploads_create"), fields{"input": []any{fields{"filename": "a.jpg", "mimeType": "image/jpeg", "resource": "IMAGE", "httpMethod": "POST"}}})
	resource := text(a.at("stagedUploadsCreate.stagedTargets.0.resourceUrl"))
	if _, a := createFile(t, s, fields{"originalSource": resource}); userErrorCodes(a) != "INVALID_IMAGE_SOURCE_URL files.0.originalSource" {
		t.Errorf("nothing uploaded yet: %s", a.raw)
	}
	s.mu.Lock()
	for _, target := range s.bulk.targets {
		target.file = &StagedFile{Name: "a.jpg", MIME: "image/jpeg", Data: []byte("picture")}
	}
	s.mu.Unlock()
	id, a := createFile(t, s, fields{"originalSource": resource, "filename": "a.jpg"})
	if a := fileState(t, s, id); a.at("nodes.0.fileStatus") != "READY" {
		t.Errorf("got %s", a.raw)
	}
}
