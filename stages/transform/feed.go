package transform

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"wasl/pipeline"
)

// What a mapping says of its files as they come, night after night:
//
//	contract: report        # or hold, or off: what happens to a file that is not like the last good one
//	expect:
//	  days: [sun, mon, tue, wed, thu]   # or daily
//	  by: "06:00"                       # "24:00", the end of the day, where it is not said
//	  zone: Africa/Cairo                # the shop's, where it is not said
//	  rows: 100                         # at least
//	  median: 50%                       # at least, of the median of the last 7 good files

// expectKeys are what expect: may say.
var expectKeys = []string{"days", "by", "zone", "rows", "median"}

// dayNames are the days of the week, by time.Weekday.
var dayNames = [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// feed reads contract: and expect:.
func (d *draft) feed(top map[string]pair) {
	if key, ok := top["contract"]; ok {
		d.m.Contract = d.choice(key, "contract", pipeline.ContractReport, pipeline.ContractHold, pipeline.ContractOff)
	}
	key, ok := top["expect"]
	if !ok {
		return
	}
	e := pipeline.Expect{By: 24 * time.Hour, Zone: d.m.zone}
	at := map[string]pair{}
	before := len(d.found)
	for _, k := range d.pairs(key.val, "expect", expectKeys) {
		at[k.key] = k
		path := "expect." + k.key
		switch k.key {
		case "days":
			d.days(k, path, &e.Days)
		case "by":
			e.By = d.clock(k, path)
		case "zone":
			name := d.text(k, path)
			zone, err := time.LoadLocation(name)
			if err != nil || name == "" || name == "Local" {
				d.wrong(k.tok(), path, "config.zone", "given", name)
				continue
			}
			e.Zone = zone
		case "rows":
			n, err := strconv.Atoi(d.text(k, path))
			if err != nil || n < 1 {
				d.wrong(k.tok(), path, "yaml.type", "path", path, "want", "how many rows there are at least, such as 100")
			}
			e.Rows = n
		case "median":
			given := d.text(k, path)
			n, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(given, "%")))
			if err != nil || n < 1 || n > 100 || !strings.HasSuffix(given, "%") {
				d.wrong(k.tok(), path, "mapping.share", "given", given)
			}
			e.Median = n
		}
	}
	for _, name := range []string{"by", "zone"} {
		if k, ok := at[name]; ok && at["days"].at == nil {
			d.wrong(k.at, "expect."+name, "mapping.needs", "name", name, "other", "days")
		}
	}
	if len(at) == 0 && len(d.found) == before {
		d.wrong(key.at, "expect", "mapping.nothing", "name", "expect")
	}
	d.m.Expect = e
}

// days reads daily, or a list of days of the week.
func (d *draft) days(key pair, path string, days *[7]bool) {
	if t, ok := scalar(key.val); ok && t == "daily" {
		*days = [7]bool{true, true, true, true, true, true, true}
		return
	}
	for _, name := range d.texts(key, path) {
		day := slices.Index(dayNames[:], strings.ToLower(name))
		switch {
		case day < 0:
			d.wrong(key.tok(), path, "mapping.day", "given", name)
		case days[day]:
			d.wrong(key.tok(), path, "mapping.twice", "name", name)
		default:
			days[day] = true
		}
	}
}

// clock reads a time of day, 00:00 to 24:00.
func (d *draft) clock(key pair, path string) time.Duration {
	given := d.text(key, path)
	if given == "24:00" {
		return 24 * time.Hour
	}
	t, err := time.Parse("15:04", given)
	if err != nil || len(given) != len("15:04") {
		d.wrong(key.tok(), path, "mapping.clock", "given", given)
		return 0
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
}

// A use is that a field reads a source.
type use struct {
	source, field int
	key           string // what the source's names stand behind in the mapping
}

// reads notes that a field reads a source.
func (d *draft) reads(source int, path, key string) {
	field, isField := strings.CutPrefix(path, "fields.")
	if index := d.m.shape.Index(strings.TrimSuffix(field, ".expr")); isField && index >= 0 && source >= 0 {
		d.m.uses = append(d.m.uses, use{source: source, field: index, key: key})
	}
}

// Asked are the columns that the mapping reads, as Columns gives them, with the
// fields that each of them feeds.
func (m *Mapping) Asked() []pipeline.Asked {
	columns := m.Columns()
	out := make([]pipeline.Asked, len(columns))
	for i, c := range columns {
		out[i] = pipeline.Asked{Names: c.Names, Required: c.Required}
	}
	for _, u := range m.uses {
		at := slices.IndexFunc(columns, func(c Column) bool { return sameNames(c.Names, m.sources[u.source].Names) })
		if at < 0 {
			continue
		}
		a := &out[at]
		f := m.shape.Fields()[u.field]
		if !slices.ContainsFunc(a.Fields, func(g pipeline.Field) bool { return g.Name == f.Name }) {
			a.Fields = append(a.Fields, f)
		}
		if a.Key == "" && m.parts[u.source] == nil && columns[at].Number == 0 {
			a.Key = u.key
		}
	}
	return out
}
