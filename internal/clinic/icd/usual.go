package icd

import "strings"

// Usual lists the codes that a speciality states most, the commonest first; none for a
// speciality that the table does not know. The names of specialities are those of the
// built-in templates. The lists hold what out-patient doctors of the country register day
// by day; they are a start until the doctor's own habit is known, and no recommendation.
func Usual(speciality string) []string {
	line := ""
	switch speciality {
	case "therapist":
		line = `I10 J06.9 I11.9 J20.9 E11.9 M54.5 K29.5 J18.9 I25.9 M42.1 J45.0 N11.9 D50.9 J44.9 K21.9 N30.0 G90.8 J02.9 M17.9 E78.0
			K80.2 K86.1 I67.9 I50.0 J01.9 Z00.0`
	case "paediatrician":
		line = `J06.9 Z00.1 J20.9 J02.9 J03.9 H66.9 J00 B01.9 A08.4 J04.0 L20.9 D50.9 J21.9 Z27.1 R50.9 J35.2 B08.4 K59.0 N39.0 J05.0
			P59.9 E55.0 B80 J18.9 L50.9 Z02.0`
	case "cardiologist":
		line = `I11.9 I10 I25.1 I20.8 I48.0 I50.0 I25.2 I11.0 I48.1 I49.3 I48.2 E78.0 I34.0 I47.1 I35.0 Z95.5 I20.0 I42.9 I44.7 I95.9
			R00.0 R07.4 Z95.0 I49.4`
	case "gynaecologist":
		line = `Z34.9 Z01.4 N76.0 N72 D25.9 N92.0 N86 N70.1 N80.9 N95.1 B37.3 N83.2 N91.1 N97.9 O20.0 O21.0 N94.6 N84.0 N87.0 E28.2
			Z30.0 Z30.4 N64.4 N60.1 O99.0 O23.4 Z32.1 O02.1`
	case "surgeon":
		line = `L02.9 L03.0 K40.9 I83.9 S61.0 L60.0 K42.9 I80.0 S01.0 D17.9 K64.9 K80.2 L72.0 T14.1 K60.0 M67.4 L89.9 I83.0 T24.2 K35.8
			N61 K43.9 Z48.0 T81.4 S60.0 W54`
	case "endocrinologist":
		line = `E11.9 E04.1 E03.9 E06.3 E11.7 E66.0 E10.9 E05.0 E04.2 E11.4 E10.7 E04.9 E11.2 E11.5 E22.1 E55.9 D34 E89.0 R73.0 R73.9
			E02 E01.0 E28.2 O24.4 E11.3 M81.9 C73`
	case "ultrasound":
		line = `K76.0 K80.2 K86.1 N20.0 N28.1 K81.1 K82.8 N13.3 N40 D25.9 E04.1 N83.2 D18.0 K74.6 N11.9 I83.9 I70.2 R10.4`
	case "ecg":
		line = `I10 I25.1 I49.3 I48.0 I48.1 I48.9 I44.7 I45.6 I47.1 I25.2 I21.9 I20.0 R94.3 R00.0 R00.2 I49.4 I49.9 R07.4`
	case "feldsher":
		line = `I10 J06.9 R50.9 R10.4 I11.9 M54.5 J20.9 I20.8 N23 R55 R51 A09.9 K29.1 S01.0 S61.0 T14.1 L50.9 R07.4 G45.9 I63.9
			S93.4 S52.50 T30.0 T78.2 Z23.8 J18.9 I21.9 J46`
	}
	return strings.Fields(line)
}
