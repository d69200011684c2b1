package transform

import (
	"strings"
	"time"

	"wasl/pipeline"
)

// months are the names of months as exports write them, folded: in English, as
// said in Egypt and the Gulf, in the Levant and Iraq, and in the Maghreb.
var months = names(map[int]string{
	1:  "january|jan|يناير|كانون الثاني|جانفي",
	2:  "february|feb|فبراير|شباط|فيفري",
	3:  "march|mar|مارس|آذار",
	4:  "april|apr|أبريل|إبريل|نيسان|أفريل",
	5:  "may|مايو|أيار|ماي",
	6:  "june|jun|يونيو|يونيه|حزيران|جوان",
	7:  "july|jul|يوليو|يوليه|تموز|جويلية",
	8:  "august|aug|أغسطس|آب|أوت",
	9:  "september|sep|sept|سبتمبر|أيلول",
	10: "october|oct|أكتوبر|تشرين الأول|تشرين أول",
	11: "november|nov|نوفمبر|تشرين الثاني|تشرين ثاني",
	12: "december|dec|ديسمبر|كانون الأول|كانون أول",
})

// weekdays are the names of days, folded; Sunday is 0.
var weekdays = names(map[int]string{
	0: "sunday|sun|الأحد", 1: "monday|mon|الاثنين", 2: "tuesday|tue|tues|الثلاثاء", 3: "wednesday|wed|الأربعاء",
	4: "thursday|thu|thur|thurs|الخميس", 5: "friday|fri|الجمعة", 6: "saturday|sat|السبت",
})

// hijri are the words of the Islamic calendar, folded: its months, and what is
// written behind its years.
var hijri = names(map[int]string{
	0: "هـ|هجري|هجرية|hijri|ah", 1: "محرم|المحرم|muharram", 2: "صفر|safar", 3: "ربيع الأول", 4: "ربيع الآخر|ربيع الثاني",
	5: "جمادى الأولى", 6: "جمادى الآخرة|جمادى الثانية", 7: "رجب|rajab", 8: "شعبان", 9: "رمضان|ramadan", 10: "شوال|shawwal",
	11: "ذو القعدة|ذي القعدة", 12: "ذو الحجة|ذي الحجة",
})

// mute are words that may stand in a date and say nothing.
var mute = names(map[int]string{0: "يوم|م|ميلادي|ميلادية|الموافق|of|th|st|nd|rd"})

// halves are the words for the halves of a day, folded: hours to be added at noon.
var halves = names(map[int]string{
	0:  "am|a m|ص|صباحا",
	12: "pm|p m|م|مساء",
})

// names index words by their folded text.
func names(list map[int]string) map[string]int {
	out := map[string]int{}
	for n, words := range list {
		for word := range strings.SplitSeq(words, "|") {
			out[pipeline.Fold(word)] = n
		}
	}
	return out
}

// dateWords are the words and numbers of a date as it is written: numbers keep
// their digits, and names of two words are one.
type dateWords struct {
	numbers []string
	month   time.Month // 0 where it is not named
	first   bool       // the month is named before any number
	weekday int        // -1 where it is not named
	islamic bool
}

// wordsOf takes a date apart. ok is false where a word stands in it that does not
// belong into a date.
func wordsOf(s string) (w dateWords, ok bool) {
	w.weekday = -1
	all := strings.Fields(apart(pipeline.Fold(s)))
	for i := 0; i < len(all); i++ {
		word := all[i]
		if i+1 < len(all) {
			two := word + " " + all[i+1]
			if _, is := months[two]; is {
				word, i = two, i+1
			} else if _, is := hijri[two]; is {
				word, i = two, i+1
			}
		}
		if word[0] >= '0' && word[0] <= '9' {
			w.numbers = append(w.numbers, word)
			continue
		}
		month, isMonth := months[word]
		weekday, isDay := weekdays[word]
		_, isMute := mute[word]
		_, isHijri := hijri[word]
		switch {
		case isHijri:
			w.islamic = true
		case isMonth && w.month == 0:
			w.month, w.first = time.Month(month), len(w.numbers) == 0
		case isDay && w.weekday < 0:
			w.weekday = weekday
		case !isMute:
			return w, false
		}
	}
	return w, true
}

// apart puts a blank between digits and letters: 5jan2026 is three words.
func apart(s string) string {
	var b strings.Builder
	last := rune(' ')
	for _, r := range s {
		digit, was := r >= '0' && r <= '9', last >= '0' && last <= '9'
		if digit != was && r != ' ' && last != ' ' {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}
