package erp

import (
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"

	"wasl/pipeline"
)

// A governorate is one of the 27 of Egypt: ISO 3166-2:EG without its EG-, as Shopify
// writes it, its names, and what people write besides.
type governorate struct {
	code, en, ar string
	others       string // by |
}

// governorates are those of ISO 3166-2:EG. 6th of October (SU) and Helwan (HU), which
// Shopify still offers, were dissolved in 2011: the one became part of Giza, the other
// of Cairo and Giza, so that HU is none of them.
var governorates = []governorate{
	{"ALX", "Alexandria", "الإسكندرية", "Al Iskandariyah|Alex|Eskendereya|El Iskandariya|اسكندرية|إسكندريه|الاسكندريه"},
	{"ASN", "Aswan", "أسوان", "Assuan|Asswan"},
	{"AST", "Asyut", "أسيوط", "Assiut|Assyut|Asiut|Asyout|Assiout"},
	{"BA", "Red Sea", "البحر الأحمر", "Al Bahr al Ahmar|El Bahr El Ahmar|بحر احمر"},
	{"BH", "Beheira", "البحيرة", "Al Buhayrah|Behera|El Beheira|Buhayra|Bohaira|Behira|بحيرة"},
	{"BNS", "Beni Suef", "بني سويف", "Bani Suwayf|Beni Swef|Bani Suef|Beni Sweif|Bani Sweif|بنى سويف"},
	{"C", "Cairo", "القاهرة", "Al Qahirah|El Qahera|Kairo|Le Caire|Al Qahera|قاهرة"},
	{"DK", "Dakahlia", "الدقهلية", "Ad Daqahliyah|Daqahlia|Dakahleya|Dakahlya|El Dakahlia|Al Daqahliya|دقهلية"},
	{"DT", "Damietta", "دمياط", "Dumyat|Domiat|Damiette|Demiat"},
	{"FYM", "Faiyum", "الفيوم", "Al Fayyum|Fayoum|El Fayoum|Fayyum|Al Fayoum|Fayum|فيوم"},
	{"GH", "Gharbia", "الغربية", "Al Gharbiyah|Gharbeya|El Gharbia|Al Gharbia|Gharbiya|غربية"},
	{"GZ", "Giza", "الجيزة", "Al Jizah|El Giza|Gizah|Gisa|Guizeh|SU|6th of October|Sixth of October|السادس من أكتوبر|٦ أكتوبر|6 أكتوبر|جيزة"},
	{"IS", "Ismailia", "الإسماعيلية", "Al Isma'iliyah|Ismailiya|Ismaileya|Ismaelia|El Ismailia|Ismaïlia|اسماعيلية"},
	{"JS", "South Sinai", "جنوب سيناء", "Janub Sina'|Ganoub Sina|Sinai South|جنوب سينا"},
	{"KB", "Qalyubia", "القليوبية", "Al Qalyubiyah|Kalyoubia|Qaliubiya|Kalyubia|Qalubia|Qalyoubia|Qalioubia|Al Qalyubia|قليوبية"},
	{"KFS", "Kafr el-Sheikh", "كفر الشيخ", "Kafr ash Shaykh|Kafr Elsheikh|Kafr Al Sheikh|Kafr El Shaikh|Kafrelsheikh"},
	{"KN", "Qena", "قنا", "Qina|Kena|Quena|قنه"},
	{"LX", "Luxor", "الأقصر", "Al Uqsur|El Aqsor|Luqsor|Louxor|الاقصر"},
	{"MN", "Minya", "المنيا", "Al Minya|Menia|El Minya|Minia|El Menia|Menya|منيا"},
	{"MNF", "Monufia", "المنوفية", "Al Minufiyah|Menoufia|Monofia|Menofia|Menoufeya|Minufiya|El Menoufia|Monoufia|منوفية"},
	{"MT", "Matrouh", "مطروح", "Matruh|Marsa Matrouh|Mersa Matruh|مرسى مطروح"},
	{"PTS", "Port Said", "بورسعيد", "Bur Sa'id|Port Saeed|Portsaid|Bor Said|بور سعيد"},
	{"SHG", "Sohag", "سوهاج", "Suhaj|Souhag|Sohaj"},
	{"SHR", "Sharqia", "الشرقية", "Ash Sharqiyah|Al Sharqia|Sharkia|Sharqiya|El Sharkia|Sharkeya|شرقية"},
	{"SIN", "North Sinai", "شمال سيناء", "Shamal Sina'|Shamal Sinai|Sinai North|شمال سينا"},
	{"SUZ", "Suez", "السويس", "As Suways|El Suez|Al Suwais|Suways|سويس"},
	{"WAD", "New Valley", "الوادي الجديد", "Al Wadi al Jadid|El Wadi El Gedid|El Wadi El Gadid|الوادى الجديد"},
}

// governorateBy finds a governorate by whatever it is called, folded.
var governorateBy = func() map[string]governorate {
	all := map[string]governorate{}
	for _, g := range governorates {
		for _, name := range append([]string{g.code, "EG-" + g.code, g.en, g.ar}, strings.Split(g.others, "|")...) {
			all[placeKey(name)] = g
		}
	}
	return all
}()

// towns are places that people write in place of the governorate that they lie in.
// They say what was probably meant, and no more.
var towns = map[string]string{"hurghada": "BA", "الغردقه": "BA", "mansoura": "DK", "المنصوره": "DK", "tanta": "GH", "طنطا": "GH", "zagazig": "SHR",
	"الزقازيق": "SHR", "sharm el sheikh": "JS", "شرم الشيخ": "JS", "arish": "SIN", "العريش": "SIN", "damanhour": "BH", "دمنهور": "BH",
	"helwan": "C", "حلوان": "C", "hu": "C", "nasr city": "C", "مدينه نصر": "C", "el mahalla": "GH", "المحله": "GH", "banha": "KB", "بنها": "KB"}

// placeKey is the name of a place as it is compared: without the words that say what
// sort of place it is.
func placeKey(name string) string {
	key := pipeline.Fold(name)
	for _, word := range []string{"محافظه ", "governorate of ", "muhafazat "} {
		key = strings.TrimPrefix(key, word)
	}
	return strings.TrimSpace(strings.TrimSuffix(key, " governorate"))
}

// governorateOf finds a governorate by its code or name. Where there is none, near are
// those that were probably meant, for a person: CODE Name, best first, at most three.
func governorateOf(text string) (g governorate, near []string, ok bool) {
	key := placeKey(text)
	if g, ok = governorateBy[key]; ok {
		return g, nil, true
	}
	type candidate struct {
		governorate
		away int
	}
	best := map[string]candidate{}
	for name, g := range governorateBy {
		away := levenshtein.ComputeDistance(key, name)
		if towns[key] == g.code || strings.Contains(key, name) && len([]rune(name)) > 3 {
			away = 0
		}
		if c, seen := best[g.code]; !seen || away < c.away {
			best[g.code] = candidate{g, away}
		}
	}
	var all []candidate
	for _, c := range best {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b candidate) int {
		if a.away != b.away {
			return a.away - b.away
		}
		return strings.Compare(a.code, b.code)
	})
	for _, c := range all[:3] {
		near = append(near, c.code+" "+c.en+" "+c.ar)
	}
	return g, near, false
}
