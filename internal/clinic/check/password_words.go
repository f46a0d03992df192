package check

import (
	"math"
	"strings"
	"sync"
	"unicode"

	"feldsher/internal/clinic/fold"
)

// OtherLayout gives what the same keys would have typed in the other keyboard
// layout, for a hint where a password is refused; empty where the text is of no
// layout or of both.
func OtherLayout(s string) string {
	if latin, cyrillic := scripts(strings.ToLower(s)); latin == cyrillic {
		return ""
	}
	for _, other := range fold.Layouts(s) {
		return other
	}
	return ""
}

// MixedLayout reports whether Latin and Cyrillic letters stand in one text: mostly
// a layout that was switched half-way.
func MixedLayout(s string) bool {
	latin, cyrillic := scripts(strings.ToLower(s))
	return latin && cyrillic
}

func scripts(lower string) (latin, cyrillic bool) {
	for _, r := range lower {
		latin = latin || unicode.Is(unicode.Latin, r)
		cyrillic = cyrillic || unicode.Is(unicode.Cyrillic, r)
	}
	return latin, cyrillic
}

// commonBits is what choosing one word of the list is worth.
var commonBits = math.Log2(float64(len(strings.Fields(commonText))))

// wordList is the common words, and what their keys type in another layout.
type wordList struct{ plain, elsewhere map[string]bool }

var common = sync.OnceValue(func() wordList {
	l := wordList{map[string]bool{}, map[string]bool{}}
	for _, w := range strings.Fields(commonText) {
		l.plain[w] = true
		for _, other := range fold.Layouts(w) {
			l.elsewhere[other] = true
		}
	}
	return l
})

// commonText holds words that people put into passwords first: what every list of
// leaked passwords is full of, first names, pets, seasons, teams, and the words of
// a clinic.
const commonText = `
password passw0rd p@ssw0rd pass passwd parol admin administrator administrador root user login guest test tests demo
welcome hello hallo letmein master monkey dragon football baseball superman batman iloveyou sunshine princess shadow
computer internet google windows microsoft samsung iphone android linux mustang ferrari mercedes toyota honda nissan
secret private qwerty qwerty123 qwertyuiop qwer asdf zxcv qazwsx abc123 abcd1234 trustno1 access matrix freedom whatever
michael jordan michelle jennifer jessica daniel george robert thomas andrew anna maria elena olga natasha irina svetlana
vladimir sergey andrey dmitry alexey maxim nikita denis roman oleg viktor viktoria anastasia ekaterina tatyana marina
moscow moskva kazan almaty astana russia rossiya kazakhstan qazaqstan spartak zenit lokomotiv dinamo cska barcelona
clinic klinika hospital bolnica doctor doktor vrach medic medicine medsestra apteka feldsher poliklinika zdorovie
lubov solnce privet krasotka zaika kotik koshka sobaka lisa volk medved zvezda vesna leto osen zima
пароль пароли админ администратор пользователь логин гость тест проба привет здравствуй здравствуйте любовь люблю любимая
любимый солнце солнышко зайка зайчик котик котенок котёнок кошка кот собака щенок мишка медведь тигр лев волк лиса рыбка
красотка красавица малыш малышка мама папа мамочка доченька дочка сынок сестра бабушка дедушка семья счастье радость мечта
жизнь весна лето осень зима снег дождь море солнечный звезда небо цветок роза ромашка березка берёзка россия москва
петербург казань самара омск томск урал сибирь алматы астана караганда казахстан қазақстан отан жұлдыз махаббат анашым
әкешім балам жаным қыран арман бақыт спартак зенит локомотив динамо цска барселона футбол хоккей чемпион король королева
принцесса ангел дьявол демон дракон мастер босс директор начальник работа секрет тайна доступ открой деньги миллион рубль
доллар машина компьютер интернет телефон виндовс яндекс гугл клавиатура экран принтер наташа таня татьяна света светлана
ирина ира лена елена оля ольга аня анна мария маша катя екатерина настя анастасия юля юлия марина галина людмила надежда
вера валентина лариса алина полина дарья даша ксения вика виктория саша александр александра сергей серега андрей дима
дмитрий леша алексей максим никита денис роман олег виктор владимир вова иван ваня николай коля михаил миша павел паша
антон артем артём евгений женя кирилл игорь юрий асель айгерим айгуль динара алия гульнара мадина нурлан ерлан серик марат
азамат данияр клиника больница поликлиника амбулатория медпункт доктор врач терапевт хирург педиатр фельдшер медсестра
медицина аптека здоровье регистратура регистратор прием приём кабинет пациент лечение дәрігер емхана аурухана денсаулық
ivanov ivanova petrov petrova sidorov sidorova иванов иванова петров петрова сидоров сидорова смирнов смирнова кузнецов
тест123 пароль123 админ123 password1 admin123 q1w2e3r4 1q2w3e4r 1q2w3e 123qwe qwe123 йцукен123 zaq12wsx 1qaz2wsx
`
