package shopify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// perNames is how many names one search asks for.
const perNames = 100

// codeTaken is the code of a file whose name is there already.
const codeTaken = "FILENAME_ALREADY_EXISTS"

// upload brings into the shop what it lacks. A picture that is there is found by
// its name, whoever it was uploaded for; where the search does not know it yet,
// its name is refused as taken.
func (r *round) upload(ctx context.Context) error {
	lack := r.lacking()
	if err := r.findFiles(ctx, lack); err != nil {
		return err
	}
	var news []*lacked
	for _, l := range lack {
		if l.id == "" {
			news = append(news, l)
		}
	}
	for len(news) > 0 {
		n, err := r.portion(ctx, news)
		if err == nil {
			err = r.create(ctx, news[:n])
		}
		if err != nil {
			return err
		}
		news = news[n:]
	}
	return nil
}

// mostAtOnce is how many bytes are uploaded before files are made of them: what is
// made is found again, what was only staged is lost with the line.
const mostAtOnce = 64 << 20

// portion is how many pictures are uploaded together.
func (r *round) portion(ctx context.Context, news []*lacked) (n int, err error) {
	total := int64(0)
	for _, l := range news[:min(len(news), perCall)] {
		if !l.picture.remote() {
			f, err := r.bytes(ctx, l)
			if err != nil && !errors.Is(err, pipeline.ErrNotFound) {
				return 0, err
			}
			if total += f.Size; n > 0 && total > mostAtOnce {
				return n, nil
			}
		}
		n++
	}
	return n, nil
}

// lacked is the content of pictures that have no file yet: one file, however many
// items show it.
type lacked struct {
	name, mark string
	picture    picture // the first that has it
	id         string  // of the file, once there is one
	file       *admin.StageFile
	in         []*lackedIn
}

type lackedIn struct {
	h       *hanger
	picture *picture
}

// found gives the pictures their file.
func (l *lacked) found(id string) {
	l.id = id
	for _, in := range l.in {
		in.picture.ID = id
	}
}

// fails gives the pictures the reason why there is no file.
func (l *lacked) fails(code, said string) {
	for _, in := range l.in {
		in.picture.Failed = &failure{code, said}
	}
}

// lacking are the pictures without a file.
func (r *round) lacking() []*lacked {
	byMark := map[string]*lacked{}
	var all []*lacked
	for _, h := range r.going() {
		for i := range h.g.Pictures {
			p := &h.g.Pictures[i]
			if p.ID != "" || p.Remove || p.Failed != nil {
				continue
			}
			l := byMark[p.mark()]
			if l == nil {
				l = &lacked{name: p.name(h.g.Code), mark: p.mark(), picture: *p}
				byMark[l.mark] = l
				all = append(all, l)
			}
			l.in = append(l.in, &lackedIn{h, p})
		}
	}
	return all
}

// fileNode is a file as it is read.
type fileNode struct {
	ID     string `json:"id"`
	Alt    string `json:"alt"`
	Status string `json:"fileStatus"`
	Errors []struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"fileErrors"`
	Image *struct {
		URL string `json:"url"`
	} `json:"image"`
}

func (f fileNode) name() string {
	if f.Image == nil {
		return ""
	}
	return nameOf(f.Image.URL)
}

// findFiles looks for files of the content that is lacking.
func (r *round) findFiles(ctx context.Context, lack []*lacked) error {
	for part := range slices.Chunk(lack, perNames) {
		terms := make([]string, len(part))
		byMark := map[string]*lacked{}
		for i, l := range part {
			terms[i] = "filename:" + namePrefix + l.mark + "*"
			byMark[l.mark] = l
		}
		nodes, err := r.search(ctx, strings.Join(terms, " OR "))
		if err != nil {
			return err
		}
		for _, f := range nodes {
			mark, _, ours := held{Name: f.name()}.ours()
			if l := byMark[mark]; ours && l != nil && l.id == "" {
				l.found(f.ID)
			}
		}
	}
	return nil
}

// search reads the first files that a search finds; it does not wait for points.
func (r *round) search(ctx context.Context, query string) ([]fileNode, error) {
	var all []fileNode
	var after *string
	for {
		reply, err := r.door.Query(ctx, filesNamed, map[string]any{"first": perCall, "after": after, "query": query})
		if err != nil {
			return nil, err
		}
		var data struct {
			Files struct {
				Nodes    []fileNode     `json:"nodes"`
				PageInfo admin.PageInfo `json:"pageInfo"`
			} `json:"files"`
		}
		if json.Unmarshal(reply.Data, &data) != nil {
			return nil, admin.Unreadable(filesNamed, reply)
		}
		all = append(all, data.Files.Nodes...)
		if !data.Files.PageInfo.HasNextPage {
			return all, nil
		}
		after = &data.Files.PageInfo.EndCursor
	}
}

// create makes files of the pictures that the shop has not got: bytes of the
// vault are staged first, addresses are fetched by Shopify. All or none are made,
// so that what is refused is left out and the rest is tried once more.
func (r *round) create(ctx context.Context, news []*lacked) error {
	news, sources, err := r.stage(ctx, news)
	if err != nil {
		return err
	}
	for tries := 0; len(news) > 0 && tries < 2; tries++ {
		ids, errs, err := r.createFiles(ctx, news, sources)
		if err != nil {
			return err
		}
		if len(errs) == 0 {
			for i, l := range news {
				l.found(ids[i])
			}
			return nil
		}
		if news, sources, err = r.sort(ctx, news, sources, errs); err != nil {
			return err
		}
	}
	if len(news) > 0 {
		return &pipeline.Later{Err: errors.New("shopify FileCreate: refused twice, for different pictures")}
	}
	return nil
}

// sort sets aside what was refused: a name that is taken is a picture that is
// there. It gives what may be tried again.
func (r *round) sort(ctx context.Context, news []*lacked, sources []string, errs []admin.UserError) ([]*lacked, []string, error) {
	var rest []*lacked
	var from []string
	for i, l := range news {
		at := slices.IndexFunc(errs, func(e admin.UserError) bool { n, ok := e.Row("files"); return ok && n == i })
		switch {
		case at < 0:
			rest, from = append(rest, l), append(from, sources[i])
		case errs[at].Code == codeTaken:
			if err := r.takenName(ctx, l); err != nil {
				return nil, nil, err
			}
		default:
			l.fails(errs[at].Code, errs[at].Facts()["said"])
		}
	}
	if len(rest) == len(news) {
		return nil, nil, &pipeline.Later{Err: fmt.Errorf("shopify FileCreate: refused as a whole: %s", errs[0].Facts()["said"])}
	}
	return rest, from, nil
}

// takenName finds the file whose name is taken. Its index lags behind: what is
// not found yet is asked for again.
func (r *round) takenName(ctx context.Context, l *lacked) error {
	nodes, err := r.search(ctx, "filename:"+quoted(l.name))
	if err != nil {
		return err
	}
	for _, f := range nodes {
		mark, _, ours := held{Name: f.name()}.ours()
		if ours && mark == l.mark || f.name() == "" && len(nodes) == 1 {
			l.found(f.ID)
			return nil
		}
	}
	return &pipeline.Later{Err: fmt.Errorf("shopify: the file %s is there, and not found yet", l.name)}
}

// createFiles is one fileCreate.
func (r *round) createFiles(ctx context.Context, news []*lacked, sources []string) (ids []string, errs []admin.UserError, err error) {
	input := make([]map[string]string, len(news))
	for i, l := range news {
		input[i] = map[string]string{"originalSource": sources[i], "filename": l.name, "contentType": "IMAGE", "duplicateResolutionMode": "RAISE_ERROR"}
		if l.picture.Alt != nil {
			input[i]["alt"] = *l.picture.Alt
		}
	}
	reply, err := r.door.Query(ctx, fileCreate, map[string]any{"files": input})
	if err != nil {
		return nil, nil, err
	}
	var data struct {
		Create *struct {
			Files      []fileNode        `json:"files"`
			UserErrors []admin.UserError `json:"userErrors"`
		} `json:"fileCreate"`
	}
	if json.Unmarshal(reply.Data, &data) != nil || data.Create == nil ||
		len(data.Create.UserErrors) == 0 && len(data.Create.Files) != len(news) {
		return nil, nil, admin.Unreadable(fileCreate, reply)
	}
	for _, f := range data.Create.Files {
		ids = append(ids, f.ID)
	}
	return ids, data.Create.UserErrors, nil
}
