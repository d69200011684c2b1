package erp

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"time"

	"wasl/pipeline"
)

// sameMinute is how far apart two sources may say that one payment moved: the admin's
// export and the API do not always agree to the second.
const sameMinute = time.Minute

// A payMark is a payment as its key and its number tell it.
type payMark struct {
	key   string
	what  string // order, kind and gateway; and which document of it: its fee, what was paid out with it
	sum   string
	at    time.Time
	id    string // the shop's number; "" where the file has none, as the admin's export
	first string // the key up to the count of those that are alike, and what comes after
	tail  string
}

// markKey takes a key of a payment apart: ORDER/KIND/GATEWAY, second, amount, the count of
// those that are alike, and which document of it.
var markKey = regexp.MustCompile(`^(.+)/(\d{8}T\d{6}Z)/([0-9.]+)(?:/\d+)?((?:/[a-z]+)?)$`)

func markOf(doc pipeline.Document) (m payMark, ok bool) {
	parts := markKey.FindStringSubmatch(doc.Key)
	if parts == nil {
		return m, false
	}
	at, err := time.Parse("20060102T150405Z", parts[2])
	if err != nil {
		return m, false
	}
	b, _ := readSale(doc.Body) // one that cannot be read has no number
	return payMark{key: doc.Key, what: parts[1] + parts[4], sum: parts[3], at: at, id: b.Order["payment.id"],
		first: parts[1] + "/" + parts[2] + "/" + parts[3], tail: parts[4]}, true
}

// metPayments finds payments that another file has brought: by the shop's number where
// both have one, else by what both say, to the second; and where only one of them has a
// number, as a pull has it and an export has not, by the nearest within a minute. Each
// that is known is met once, so that the files are counted against each other: what one
// has more of is a payment of its own, also where it is alike to the second.
var metPayments = &pipeline.Met{
	Words: func(doc pipeline.Document) []string {
		b, err := readSale(doc.Body)
		if err != nil {
			return nil
		}
		return wordsOf(b.Order["order.name"], b.Order["payment.id"])
	},
	Keys: func(docs, known []pipeline.Document) []string {
		p := pairing{keys: make([]string, len(docs)), olds: map[string][]payMark{}, met: map[string]bool{}}
		for i, doc := range docs {
			if m, ok := markOf(doc); ok {
				p.news = append(p.news, m)
				p.at = append(p.at, i)
			}
		}
		for _, doc := range known {
			if m, ok := markOf(doc); ok {
				p.olds[m.what] = append(p.olds[m.what], m)
			}
		}
		p.pair(func(is, was payMark) bool { return is.id != "" && is.id == was.id })
		p.pair(func(is, was payMark) bool { return is.key == was.key && !is.other(was) })
		p.pair(func(is, was payMark) bool { return is.first == was.first && !is.other(was) })
		p.pair(func(is, was payMark) bool {
			return is.sum == was.sum && (is.id == "") != (was.id == "") && is.at.Sub(was.at).Abs() <= sameMinute
		})
		p.rest(docs)
		return p.keys
	},
}

// other tells whether two payments have numbers, and not the same.
func (m payMark) other(was payMark) bool { return m.id != "" && was.id != "" && m.id != was.id }

// A pairing holds the payments of a file against those that are known.
type pairing struct {
	news []payMark
	at   []int                // of news: which document it is
	olds map[string][]payMark // by what they are of
	keys []string             // of all documents; "": not said yet
	met  map[string]bool      // keys of olds that were found
}

// pair gives the keys of known payments to those of the file that are the same, the
// nearest in time first.
func (p *pairing) pair(same func(is, was payMark) bool) {
	type couple struct {
		is    int
		was   string
		apart time.Duration
	}
	var all []couple
	for i, is := range p.news {
		if p.keys[p.at[i]] != "" {
			continue
		}
		for _, was := range p.olds[is.what] {
			if !p.met[was.key] && same(is, was) {
				all = append(all, couple{i, was.key, is.at.Sub(was.at).Abs()})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b couple) int { return cmp.Compare(a.apart, b.apart) })
	for _, c := range all {
		if p.keys[p.at[c.is]] == "" && !p.met[c.was] {
			p.keys[p.at[c.is]], p.met[c.was] = c.was, true
		}
	}
}

// rest gives what is new a key that nothing else has.
func (p *pairing) rest(docs []pipeline.Document) {
	taken := map[string]bool{}
	for _, same := range p.olds {
		for _, was := range same {
			taken[was.key] = true
		}
	}
	for i, m := range p.news {
		if p.keys[p.at[i]] != "" {
			continue
		}
		key := docs[p.at[i]].Key
		for n := 2; taken[key] && m.id != ""; n++ { // one without a number that is alike is held by Revise, or the same
			key = m.first + "/" + strconv.Itoa(n) + m.tail
		}
		p.keys[p.at[i]], taken[key] = key, true
	}
}
