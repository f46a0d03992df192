package clinic

// drugClass is a class of drugs that an allergy may name or share. Words stand in
// plain spelling, in Russian and Latin letters; they are folded before use.
type drugClass struct {
	name   string
	said   string // how an allergy names the class: beginnings of words
	begins string // beginnings of its members' names, by the rules of naming (WHO INN stems)
	ends   string // endings of its members' names
	has    string // members that the rules of naming don't show, by their first name in drugNames
	not    string // names that only look like members
	atc    string // groups of the ATC classification
	of     string // classes that it holds
	alike  bool   // an allergy to one member speaks of the others
}

// drugClasses holds the classes that allergies on out-patient cards name most.
// What is alike follows the contraindications that instructions state for
// «hypersensitivity to other drugs of the class»; anaesthetics of the ester and the
// amide kind are apart, since they don't share allergies. It is no knowledge base of
// interactions: what it does not know is compared word by word.
var drugClasses = []drugClass{
	{name: "penicillins", said: "пенициллин penicillin", ends: "циллин cillin", atc: "J01C", alike: true},
	{
		name: "cephalosporins", said: "цефалоспорин cephalosporin", begins: "цеф cef ceph", not: "цефекон",
		atc: "J01DB J01DC J01DD J01DE J01DI", alike: true,
	},
	{name: "beta-lactams", said: "беталактам лактам lactam", of: "penicillins cephalosporins", atc: "J01C J01D"},
	{
		name: "macrolides", said: "макролид macrolide", ends: "тромицин thromycin",
		has: "джозамицин спирамицин мидекамицин", atc: "J01FA", alike: true,
	},
	{name: "fluoroquinolones", said: "фторхинолон хинолон quinolone fluoroquinolone", ends: "флоксацин floxacin", atc: "J01M S01AE", alike: true},
	{name: "tetracyclines", said: "тетрациклин tetracycline", ends: "циклин cycline", atc: "J01AA", alike: true},
	{
		name: "aminoglycosides", said: "аминогликозид aminoglycoside",
		has: "гентамицин амикацин тобрамицин канамицин неомицин стрептомицин", atc: "J01G", alike: true,
	},
	{
		name: "nitrofurans", said: "нитрофуран nitrofuran", has: "нитрофурантоин фуразидин фуразолидон нифуроксазид нитрофурал",
		atc: "J01XE", alike: true,
	},
	{
		name: "sulfonamides", said: "сульфаниламид сульфонамид сульфамид сульфа sulfa sulfonamide sulphonamide", begins: "сульфа sulfa sulpha",
		has: "котримоксазол", not: "сульфат сульфагин sulfate sulphate", atc: "J01E S01AB D06BA", alike: true,
	},
	{
		name: "antibiotics", said: "антибиотик antibiotic", atc: "J01",
		of: "penicillins cephalosporins macrolides fluoroquinolones tetracyclines aminoglycosides",
	},
	{
		name: "anti-inflammatory", said: "нпвс нпвп нестероидн ққсд nsaid nonsteroidal", ends: "профен оксикам коксиб клофенак profen oxicam coxib clofenac",
		has: "ацетилсалициловая метамизол индометацин кеторолак нимесулид напроксен фенилбутазон мефенамовая",
		atc: "M01A M02AA N02BA N02BB", alike: true,
	},
	{name: "local anaesthetics", said: "анестетик anesthetic anaesthetic", ends: "каин caine", of: "esters amides", atc: "N01B"},
	{name: "esters", said: "новокаин", has: "прокаин бензокаин тетракаин", atc: "N01BA", alike: true},
	{name: "amides", has: "лидокаин артикаин мепивакаин бупивакаин ропивакаин тримекаин", atc: "N01BB", alike: true},
	{name: "iodine", said: "йод iodine iodide", begins: "йод iod", has: "повидон амиодарон", of: "contrast", atc: "V08A D08AG"},
	{
		name: "contrast", said: "контраст рентгеноконтраст contrast", has: "йогексол йопромид йодиксанол йоверсол йопамидол амидотризоат",
		atc: "V08A", alike: true,
	},
	{name: "ace inhibitors", said: "апф", ends: "април оприл april opril", atc: "C09A C09B", alike: true},
	{name: "sartans", said: "сартан", ends: "сартан зартан sartan", atc: "C09C C09D", alike: true},
	{name: "heparins", said: "гепарин heparin", ends: "парин parin", atc: "B01AB", alike: true},
}

// drugNames are other names of a substance: trade names, old ones, spellings in
// Latin letters. The first of a line is the one that counts; a name of a compound
// stands on several lines. Adjectives are cut before their ending.
var drugNames = []string{
	"ацетилсалициловая ацетилсалицилов ацетилсалицил салицил салицилат аспирин аск тромбоасс тромбо кардиомагнил кардиаск ацекардол цитрамон аскофен упсарин aspirin acetylsalicylic salicylate",
	"метамизол анальгин баралгин спазмалгон темпалгин пенталгин dipyrone metamizole analgin",
	"парацетамол ацетаминофен панадол эффералган цефекон цитрамон терафлю колдрекс фервекс ринза антигриппин пенталгин калпол paracetamol acetaminophen tylenol",
	"ибупрофен нурофен миг ибуклин бруфен фаспик ibuprofen advil motrin",
	"диклофенак вольтарен ортофен наклофен диклоберл diclofenac",
	"кетопрофен кетонал фастум быструмгель артрозилен ketoprofen",
	"кеторолак кеторол кетанов кетокам ketorolac",
	"нимесулид нимесил найз немулекс nimesulide",
	"мелоксикам мовалис амелотекс артрозан meloxicam",
	"индометацин метиндол indomethacin",
	"напроксен налгезин naproxen aleve",
	"фенилбутазон бутадион",
	"мефенамовая мефенамов mefenamic",
	"амоксициллин амоксиклав аугментин флемоксин флемоклав оспамокс экоклав хиконцил amoxicillin augmentin",
	"клавулановая клавуланов клавулан амоксиклав аугментин флемоклав экоклав clavulan clavulanate",
	"ампициллин ампиокс уназин ампицид ampicillin",
	"бензилпенициллин бициллин ретарпен экстенциллин пенициллин penicillin",
	"пиперациллин тазоцин piperacillin",
	"цефтриаксон роцефин ceftriaxone",
	"цефиксим супракс панцеф cefixime",
	"цефуроксим зиннат аксетин cefuroxime",
	"цефотаксим клафоран cefotaxime",
	"цефтазидим фортум ceftazidime",
	"цефазолин кефзол cefazolin",
	"цефалексин кефлекс cefalexin cephalexin",
	"азитромицин сумамед хемомицин азитрокс азитрал azithromycin",
	"кларитромицин клацид фромилид clarithromycin",
	"рокситромицин рулид roxithromycin",
	"джозамицин вильпрафен josamycin",
	"спирамицин ровамицин spiramycin",
	"мидекамицин макропен midecamycin",
	"ципрофлоксацин ципролет цифран ципробай ciprofloxacin",
	"левофлоксацин таваник глево флорацид сигницеф levofloxacin",
	"норфлоксацин нолицин нормакс norfloxacin",
	"моксифлоксацин авелокс вигамокс moxifloxacin",
	"офлоксацин таривид заноцин ofloxacin",
	"доксициклин юнидокс вибрамицин doxycycline",
	"гентамицин gentamicin gentamycin", "амикацин amikacin", "тобрамицин тобрекс tobramycin", "канамицин kanamycin",
	"неомицин полидекса neomycin", "стрептомицин streptomycin",
	"нитрофурантоин фурадонин nitrofurantoin",
	"фуразидин фурагин фурамаг furazidin",
	"нифуроксазид энтерофурил стопдиар nifuroxazide",
	"нитрофурал фурацилин nitrofurazone",
	"сульфаметоксазол бисептол бактрим котримоксазол котримоксазол sulfamethoxazole cotrimoxazole bactrim",
	"триметоприм бисептол бактрим котримоксазол trimethoprim",
	"котримоксазол тримоксазол бисептол бактрим",
	"сульфацетамид альбуцид сульфацил sulfacetamide",
	"сульфаниламид стрептоцид sulfanilamide",
	"прокаин новокаин procaine novocaine",
	"бензокаин анестезин benzocaine",
	"тетракаин дикаин tetracaine",
	"лидокаин ксилокаин эмла lidocaine lignocaine xylocaine",
	"артикаин ультракаин убистезин септанест articaine",
	"мепивакаин скандонест mepivacaine",
	"бупивакаин маркаин bupivacaine",
	"ропивакаин наропин ropivacaine",
	"тримекаин trimecaine",
	"повидон бетадин браунодин повидонйод povidone betadine",
	"амиодарон кордарон amiodarone",
	"йогексол омнипак iohexol omnipaque", "йопромид ультравист iopromide ultravist", "йодиксанол визипак iodixanol visipaque",
	"йоверсол оптирей ioversol", "йопамидол йопамиро iopamidol", "амидотризоат урографин тразограф urografin",
	"эналаприл энап ренитек энам берлиприл enalapril",
	"лизиноприл диротон lisinopril", "каптоприл капотен captopril", "периндоприл престариум перинева perindopril",
	"рамиприл хартил амприлан ramipril",
	"лозартан лозап лориста козаар losartan", "валсартан диован вальсакор valsartan", "телмисартан микардис телзап telmisartan",
	"эноксапарин клексан enoxaparin", "надропарин фраксипарин nadroparin", "далтепарин фрагмин dalteparin",
	"дротаверин ношпа спазмол drotaverine",
	"хлоропирамин супрастин chloropyramine", "дифенгидрамин димедрол diphenhydramine benadryl", "лоратадин кларитин loratadine claritin",
	"цетиризин зиртек зодак цетрин cetirizine zyrtec", "дезлоратадин эриус desloratadine", "клемастин тавегил clemastine",
	"метронидазол трихопол клион metronidazole flagyl", "хлорамфеникол левомицетин chloramphenicol",
	"клиндамицин далацин clindamycin", "линкомицин линкоцин lincomycin",
	"ацикловир зовиракс acyclovir aciclovir", "флуконазол дифлюкан флюкостат fluconazole",
	"эпинефрин адреналин epinephrine adrenaline", "дексаметазон дексазон dexamethasone", "преднизолон медопред prednisolone",
	"омепразол омез лосек omeprazole prilosec", "бисопролол конкор bisoprolol", "амлодипин норваск нормодипин amlodipine norvasc",
	"аторвастатин липримар аторис atorvastatin lipitor", "розувастатин крестор rosuvastatin",
	"метформин глюкофаж сиофор metformin glucophage", "левотироксин эутирокс тироксин levothyroxine",
	"сальбутамол вентолин саламол salbutamol albuterol ventolin", "будесонид пульмикорт budesonide pulmicort",
	"морфин morphine", "кодеин codeine", "трамадол трамал tramadol", "фентанил fentanyl",
	"инсулин insulin", "варфарин варфарекс warfarin", "клопидогрел плавикс зилт clopidogrel plavix",
	"фуросемид лазикс furosemide lasix", "индапамид арифон indapamide",
}

// drugSalts are words of drugs' names that name no substance of their own beside
// another: «метамизол натрия» has nothing to do with «левотироксин натрия». Where a
// name has no other words, they count. They are cut before their ending.
const drugSalts = `кислот қышқыл acid
натри кали кальци магни алюмини аммони динатри тринатри sodium potassium calcium magnesium disodium
хлорид гидрохлорид дигидрохлорид сульфат гидросульфат фосфат дифосфат нитрат ацетат цитрат тартрат гидротартрат малеат фумарат мезилат бромид
гидробромид карбонат гидрокарбонат бикарбонат глюконат лактат сукцинат тригидрат дигидрат моногидрат гемигидрат гидрат безводн оксид гидроксид соль соли
основани эфир калиевая натриевая
chloride hydrochloride sulfate sulphate phosphate nitrate acetate citrate tartrate maleate fumarate bromide carbonate bicarbonate gluconate hydrate
succinate trihydrate monohydrate oxide hydroxide anhydrous salt`

// drugFiller are words around the names of drugs and allergies: forms, doses, what
// one says beside them. They never count. They are cut before their ending.
const drugFiller = `таблетк табл таб капсул капс раствор р-р сироп суспензи мазь крем гель капл спрей порошок порош ампул инъекц инъекци инфузи свеч суппозитори аэрозол
ингаляц ингаляци драже гранул настойк экстракт масло шипуч жевательн назальн глазн ушн внутривенн внутримышечн подкожн приём внутрь местн наружн
tablet capsule solution suspension injection injectable oral topical cream ointment gel spray nasal ophthalmic inhal inhaler actuat dose metered syrup
chewable film coated disintegrating extended release delayed prefilled syringe pack product drug hr hour day actuation
мг мкг мл ед ме доз доза доза форте ретард лонг плюс солютаб экспресс детск взросл кардио нео актив mg mcg ml unit
препарат лекарств средств вещест групп ряд ряда семейств производн друг прочи люб все всех типа вроде содержащ содержа вид виды или для при при под при без как
аллерги непереносимост реакци гиперчувствительност сенсибилизаци анамнез дәрі топ топтағы басқа және барлық
витамин vitamin вакцин vaccine сыворотк комплекс allergy allergies to of the and other drugs intolerance`
