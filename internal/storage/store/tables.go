package store

import "feldsher/internal/clinic"

// The maps of every synced table. The order of the fields is that of the columns.

var organisations = newEntity("organisation",
	"title country address phone email licence tax_id zone language patients extra",
	func(v *clinic.Organisation) *clinic.Record { return &v.Record },
	func(v *clinic.Organisation, _ *clinic.ID) []any {
		return []any{&v.Title, &v.Country, &v.Address, &v.Phone, &v.Email, &v.Licence, &v.TaxID, &v.Zone, &v.Language, &v.Patients, &v.Extra}
	})

var staffTable = newEntity("staff",
	"family given patronymic login roles position speciality snils licence care_order card active",
	func(v *clinic.Staff) *clinic.Record { return &v.Record },
	func(v *clinic.Staff, _ *clinic.ID) []any {
		return []any{
			&v.Family, &v.Given, &v.Patronymic, &v.Login,
			jsonText{&v.Roles},
			&v.Position, &v.Speciality, &v.SNILS,
			&v.Licence, &v.Order, &v.Card, &v.Active,
		}
	})

var templates = newEntity("template", "title speciality lang version active fields",
	func(v *clinic.Template) *clinic.Record { return &v.Record },
	func(v *clinic.Template, _ *clinic.ID) []any {
		return []any{&v.Title, &v.Speciality, &v.Lang, &v.Version, &v.Active, jsonText{&v.Fields}}
	})

var pathways = newEntity("pathway", "title codes orders prescriptions origin active",
	func(v *clinic.Pathway) *clinic.Record { return &v.Record },
	func(v *clinic.Pathway, _ *clinic.ID) []any {
		return []any{&v.Title, jsonText{&v.Codes}, jsonText{&v.Orders}, jsonText{&v.Prescriptions}, &v.Origin, &v.Active}
	})

var patients = newEntity("patient",
	`case_number family given patronymic name_unknown sex birth_date birth_time birth_place birth_order mother death_date
	citizenship photo snils tax_number tax_registration policy insurer incapable note annulled source_system source_code`,
	func(v *clinic.Patient) *clinic.Record { return &v.Record },
	func(v *clinic.Patient, _ *clinic.ID) []any {
		return []any{
			&v.CaseNumber, &v.Family, &v.Given, &v.Patronymic, &v.NameUnknown, &v.Sex, &v.BirthDate, &v.BirthTime,
			&v.BirthPlace, &v.BirthOrder, &v.Mother, &v.DeathDate, &v.Citizenship, &v.Photo, &v.SNILS, &v.TaxNumber,
			&v.TaxRegistration, &v.Policy, &v.Insurer, &v.Incapable, &v.Note, &v.Annulled, &v.Source.System, &v.Source.Code,
		}
	})

var formerNames = newEntity("former_name", "patient family given patronymic kind until",
	func(v *clinic.FormerName) *clinic.Record { return &v.Record },
	func(v *clinic.FormerName, p *clinic.ID) []any {
		return []any{p, &v.Family, &v.Given, &v.Patronymic, &v.Kind, &v.Until}
	})

var contacts = newEntity("contact", "patient kind value e164 use owner note",
	func(v *clinic.Contact) *clinic.Record { return &v.Record },
	func(v *clinic.Contact, p *clinic.ID) []any {
		return []any{p, &v.Kind, &v.Value, &v.E164, &v.Use, &v.Owner, &v.Note}
	})

var addresses = newEntity("address", "patient use country postal_code region district city street house flat text",
	func(v *clinic.Address) *clinic.Record { return &v.Record },
	func(v *clinic.Address, p *clinic.ID) []any {
		return []any{
			p, &v.Use, &v.Country, &v.PostalCode, &v.Region, &v.District, &v.City, &v.Street, &v.House,
			&v.Flat, &v.Text,
		}
	})

var documents = newEntity("document", "patient type series number issuer issuer_code issued valid_until",
	func(v *clinic.Document) *clinic.Record { return &v.Record },
	func(v *clinic.Document, p *clinic.ID) []any {
		return []any{p, &v.Type, &v.Series, &v.Number, &v.Issuer, &v.IssuerCode, &v.Issued, &v.ValidUntil}
	})

var backgrounds = newEntity("background",
	"patient kind title organisation document since until amount currency note",
	func(v *clinic.Background) *clinic.Record { return &v.Record },
	func(v *clinic.Background, p *clinic.ID) []any {
		return []any{p, &v.Kind, &v.Title, &v.Organisation, &v.Document, &v.From, &v.Until, &v.Amount, &v.Currency, &v.Note}
	})

var representatives = newEntity("representative",
	"patient family given patronymic person relation phone basis_type basis_text basis_date valid_until",
	func(v *clinic.Representative) *clinic.Record { return &v.Record },
	func(v *clinic.Representative, p *clinic.ID) []any {
		return []any{
			p, &v.Family, &v.Given, &v.Patronymic, &v.Person, &v.Relation, &v.Phone, &v.BasisType, &v.BasisText,
			&v.BasisDate, &v.ValidUntil,
		}
	})

var visits = newEntity("visit",
	`patient staff staff_name kind care_from care_until entered late status reason struck complaints anamnesis
	objective comment advice source_system source_code`,
	func(v *clinic.Visit) *clinic.Record { return &v.Record },
	func(v *clinic.Visit, _ *clinic.ID) []any {
		return []any{
			&v.Patient, &v.Staff, &v.StaffName, &v.Kind, &v.CareFrom, &v.CareUntil, &v.Entered, &v.Late, &v.Status,
			&v.Reason, &v.Struck, &v.Complaints, &v.Anamnesis, &v.Objective, &v.Comment, &v.Advice,
			&v.Source.System, &v.Source.Code,
		}
	})

var diagnoses = newEntity("diagnosis",
	"patient visit system code version name text stage rank onset recorded original source_system source_code",
	func(v *clinic.Diagnosis) *clinic.Record { return &v.Record },
	func(v *clinic.Diagnosis, _ *clinic.ID) []any {
		return []any{
			&v.Patient, &v.Visit, &v.System, &v.Code, &v.Version, &v.Name, &v.Text, &v.Stage, &v.Rank, &v.Onset,
			&v.Recorded, &v.Original, &v.Source.System, &v.Source.Code,
		}
	})

var problems = newEntity("problem",
	"patient system code version name text status since resolved diagnosis source_system source_code",
	func(v *clinic.Problem) *clinic.Record { return &v.Record },
	func(v *clinic.Problem, _ *clinic.ID) []any {
		return []any{
			&v.Patient, &v.System, &v.Code, &v.Version, &v.Name, &v.Text, &v.Status, &v.Since, &v.Resolved, &v.Diagnosis,
			&v.Source.System, &v.Source.Code,
		}
	})

var allergies = newEntity("allergy",
	"patient system code version name substance kind reaction severity status since source_system source_code",
	func(v *clinic.Allergy) *clinic.Record { return &v.Record },
	func(v *clinic.Allergy, _ *clinic.ID) []any {
		return []any{
			&v.Patient, &v.System, &v.Code, &v.Version, &v.Name, &v.Substance, &v.Kind, &v.Reaction, &v.Severity,
			&v.Status, &v.Since, &v.Source.System, &v.Source.Code,
		}
	})

var observations = newEntity("observation",
	`patient visit panel kind system code version name value sign unit text low high flag taken original
	source_system source_code`,
	func(v *clinic.Observation) *clinic.Record { return &v.Record },
	func(v *clinic.Observation, _ *clinic.ID) []any {
		return []any{
			&v.Patient, &v.Visit, &v.Panel, &v.Kind, &v.System, &v.Code, &v.Version, &v.Name, &v.Value, &v.Sign,
			&v.Unit, &v.Text, &v.Low, &v.High, &v.Flag, &v.Taken, &v.Original, &v.Source.System, &v.Source.Code,
		}
	})

var prescriptions = newEntity("prescription",
	`patient visit staff inn trade form dose dose_unit route frequency duration quantity quantity_unit directions
	status start stop reason written code_system code code_version code_name original source_system source_code`,
	func(v *clinic.Prescription) *clinic.Record { return &v.Record },
	func(v *clinic.Prescription, _ *clinic.ID) []any {
		return []any{
			&v.Patient, &v.Visit, &v.Staff, &v.INN, &v.Trade, &v.Form, &v.Dose, &v.DoseUnit, &v.Route, &v.Frequency,
			&v.Duration, &v.Quantity, &v.QuantityUnit, &v.Directions, &v.Status, &v.Start, &v.Stop, &v.Reason, &v.Written,
			&v.Coding.System, &v.Coding.Code, &v.Coding.Version, &v.Coding.Name, &v.Original, &v.Source.System, &v.Source.Code,
		}
	})

var careOrders = newEntity("care_order",
	"patient visit pathway kind code_system code code_version code_name text status",
	func(v *clinic.Order) *clinic.Record { return &v.Record },
	func(v *clinic.Order, _ *clinic.ID) []any {
		return []any{
			&v.Patient, &v.Visit, &v.Pathway, &v.Kind, &v.Coding.System, &v.Coding.Code, &v.Coding.Version,
			&v.Coding.Name, &v.Text, &v.Status,
		}
	})

var protocols = newEntity("protocol",
	`patient visit template template_version title lang fields shape version amends why status written signed signer
	signer_name signer_post care digest signature original scan qualified`,
	func(v *clinic.Protocol) *clinic.Record { return &v.Record },
	func(v *clinic.Protocol, _ *clinic.ID) []any {
		return []any{
			&v.Patient, &v.Visit, &v.Template, &v.TemplateVersion, &v.Title, &v.Lang,
			jsonText{&v.Values},
			jsonText{&v.Shape},
			&v.Version, &v.Amends, &v.Why, &v.Status, &v.Written, &v.Signed, &v.Signer, &v.SignerName, &v.SignerPost,
			jsonText{&v.Care},
			&v.Digest, &v.Signature, &v.Original, &v.Scan, &v.Qualified,
		}
	})

var attachments = newEntity("attachment", "patient owner kind title media size blob key taken",
	func(v *clinic.Attachment) *clinic.Record { return &v.Record },
	func(v *clinic.Attachment, _ *clinic.ID) []any {
		return []any{&v.Patient, &v.Owner, &v.Kind, &v.Title, &v.Media, &v.Size, &v.Blob, &v.Key, &v.Taken}
	})

var links = newEntity("patient_link", "patient other why at author ended ended_by",
	func(v *clinic.Link) *clinic.Record { return &v.Record },
	func(v *clinic.Link, _ *clinic.ID) []any {
		return []any{&v.Patient, &v.Other, &v.Why, &v.At, &v.By, &v.Ended, &v.EndedBy}
	})
