package shopifytest

import "slices"

// fileKeyOf names a FileSetInput: by its id, or else by its source.
func fileKeyOf(in object) string { return orElse(text(in["id"]), text(in["originalSource"])) }

// checkFiles looks at files, and at the files of variants: they have to be among them.
func (p *setPlan) checkFiles() {
	list, _ := p.in["files"].([]any)
	if len(list) > maxMedia {
		p.fail("Exceeded the limit of media per product.", "", "files")
	}
	known := map[string]bool{}
	for i, entry := range list {
		in := entry.(object)
		known[fileKeyOf(in)] = true
		if message := p.s.fileFault(in); message != "" {
			p.fail(message, "", "files", joined(i))
		}
	}
	for i, one := range p.variants {
		in, given := one.in["file"].(object)
		if given && !known[fileKeyOf(in)] {
			p.fail("Any file specified for a variant must also be specified in the `files` input for the product.", "INVALID_INPUT",
				"variants", joined(i), "file")
		}
	}
}

// fileFault says what is wrong with a FileSetInput, "" for nothing.
func (s *Server) fileFault(in object) string {
	if id := text(in["id"]); id != "" {
		if s.shop.byFile[id] == nil {
			return "File does not exist"
		}
		return ""
	}
	source, name := text(in["originalSource"]), text(in["filename"])
	if source == "" {
		return "Either id or originalSource is required"
	}
	switch mode := text(in["duplicateResolutionMode"]); {
	case mode == "REPLACE" && name == "":
		return "Duplicate resolution mode REPLACE cannot be used without specifying filename"
	case mode == "RAISE_ERROR" && slices.ContainsFunc(s.shop.files, func(f *file) bool { return f.name == orElse(name, fileName(source)) }):
		return "The provided filename already exists"
	}
	return s.badSource(source)
}

// applyFiles makes the pictures of the product those in files, when the list is there, and gives them by their keys.
func (p *setPlan) applyFiles(w pen, target *product) map[string]*file {
	list, given := p.in["files"].([]any)
	out := map[string]*file{}
	if !given {
		return out
	}
	var media []*file
	for _, entry := range list {
		in := entry.(object)
		f := out[fileKeyOf(in)]
		if f == nil {
			f = p.s.shop.byFile[text(in["id"])]
		}
		if f == nil {
			f = p.s.newFile(w, in)
		} else if alt, given := in["alt"]; given {
			w.note("file", f.id, f.name, "alt", f.alt, text(alt))
			f.alt = text(alt)
		}
		out[fileKeyOf(in)] = f
		if !slices.Contains(media, f) {
			media = append(media, f)
		}
	}
	w.media(target, media)
	return out
}
