"""Lyrics of generated songs: lines by language, and nouns by language and genre.

The lines fit all nouns, whatever their gender and case. Spanish and Arabic nouns include their article. Lines with
placeholders receive nouns of the genre. Lines without placeholders are used in all genres.
"""

LINES = {
    "en": (
        "I hear {0} and {1} calling me",
        "{0}, oh {0}, stay with me tonight",
        "there is {0} where {1} used to be",
        "give me {0}, give me {1}",
        "we live for {0}, we dream of {1}",
        "all I remember is {0}",
        "nothing but {0} and {1} between us",
        "I am walking alone again",
        "tell me you will wait for me",
        "my heart knows the way home",
        "say my name one more time",
    ),
    "bn": (
        "{0} আর {1} আমায় ডাকে",
        "{0}, ও {0}, আজ রাতে পাশে থেকো",
        "যেখানে {0} ছিল, আজ সেখানে {1}",
        "শুধু {0}, শুধু {1} চাই",
        "মনে পড়ে {0}, মনে পড়ে {1}",
        "চোখের সামনে আজও {0}",
        "তোমার আমার মাঝে {0} আর {1}",
        "আমি আবার একা হেঁটে যাই",
        "বলো তুমি আমার জন্য থাকবে",
        "আমার মন বাড়ির পথ চেনে",
        "আর একবার আমার নাম ধরে ডাকো",
    ),
    "hi": (
        "{0} और {1} मुझे बुलाते हैं",
        "{0}, ओ {0}, आज रात साथ रहना",
        "जहाँ {0} वहाँ {1} भी",
        "बस {0}, बस {1} चाहिए",
        "याद है {0}, याद है {1}",
        "आँखों के सामने आज भी {0}",
        "तेरे मेरे बीच {0} और {1}",
        "फिर अकेले चलना है मुझे",
        "कह दो मेरा इंतज़ार करोगे",
        "मेरा दिल घर का रास्ता जानता है",
        "एक बार फिर मेरा नाम लो",
    ),
    "ar": (
        "أسمع {0} و{1} في قلبي",
        "يا ليل، هات {0} وهات {1}",
        "هنا {0} وهناك {1}",
        "أريد {0}، أريد {1}",
        "لا أنسى {0} ولا أنسى {1}",
        "في عيني {0} حتى الصباح",
        "بيني وبينك {0} و{1}",
        "أمشي وحدي من جديد",
        "قل لي إنك تنتظرني",
        "قلبي يعرف طريق البيت",
        "ناد اسمي مرة أخرى",
    ),
    "es": (
        "oigo {0} y oigo {1} en mi voz",
        "ay, {0}, quédate esta noche en mí",
        "donde estaba {0} ahora está {1}",
        "dame {0}, dame {1}",
        "no olvido {0} ni {1}",
        "solo recuerdo {0}",
        "entre tú y yo, {0} y {1}",
        "camino a solas otra vez",
        "dime que sabes esperar",
        "mi corazón conoce el camino",
        "di mi nombre una vez más",
    ),
}

AND = {"en": "{0} and {1}", "bn": "{0} ও {1}", "hi": "{0} और {1}", "ar": "{0} و{1}", "es": "{0} y {1}"}

NOUNS = {
    "en": {
        "rock": "the highway, the engine, the thunder, freedom, the neon, the crowd, gasoline, the guitar",
        "metal": "the iron, darkness, the sword, the storm, the flame, blood, the grave, the demon",
        "jazz": "moonlight, the midnight, champagne, the piano, the smoke, velvet, the avenue, the rain",
        "folk": "the river, the mountain, the harvest, the meadow, my mother, the village, the boat, bread",
        "electronic": "the laser, the machine, the signal, the pulse, the galaxy, the future, the screen, the city",
        "hip-hop": "the street, the money, the rhyme, the corner, respect, the hustle, the microphone, my crew",
        "classical": "the angel, the rose, eternity, the garden, the dawn, silence, the prayer, the nightingale",
        "reggae": "the sun, the island, peace, the ocean, unity, the roots, the lion, the palm tree",
    },
    "bn": {
        "rock": "রাজপথ, ইঞ্জিন, বজ্র, স্বাধীনতা, বিদ্রোহ, মিছিল, গিটার, আগুন",
        "metal": "লোহা, অন্ধকার, তলোয়ার, ঝড়, শিখা, রক্ত, কবর, দানব",
        "jazz": "জ্যোৎস্না, মাঝরাত, পেয়ালা, পিয়ানো, ধোঁয়া, মখমল, শহর, বৃষ্টি",
        "folk": "নদী, পাহাড়, ধানের শিষ, মাঠ, মা, গ্রাম, নৌকা, মাঝি",
        "electronic": "লেজার, যন্ত্র, সংকেত, স্পন্দন, ছায়াপথ, ভবিষ্যৎ, পর্দা, রঙিন আলো",
        "hip-hop": "গলি, টাকা, ছন্দ, মহল্লা, সম্মান, লড়াই, মাইক, দলবল",
        "classical": "দেবদূত, গোলাপ, অনন্তকাল, বাগান, ভোর, নীরবতা, প্রার্থনা, কোকিল",
        "reggae": "সূর্য, দ্বীপ, শান্তি, সাগর, একতা, শিকড়, সিংহ, নারকেল গাছ",
    },
    "hi": {
        "rock": "सड़क, इंजन, बिजली, आज़ादी, बग़ावत, भीड़, गिटार, आग",
        "metal": "लोहा, अंधेरा, तलवार, तूफ़ान, ज्वाला, ख़ून, क़ब्र, राक्षस",
        "jazz": "चाँदनी, आधी रात, जाम, पियानो, धुआँ, मख़मल, महफ़िल, बारिश",
        "folk": "नदी, पर्वत, फ़सल, खेत, माँ, गाँव, नाव, रोटी",
        "electronic": "लेज़र, मशीन, इशारा, धड़कन, आकाशगंगा, भविष्य, परदा, रंगीन रोशनी",
        "hip-hop": "गली, पैसा, तुकबंदी, मोहल्ला, इज़्ज़त, संघर्ष, माइक, टोली",
        "classical": "फ़रिश्ता, गुलाब, अनंत काल, बग़ीचा, भोर, ख़ामोशी, प्रार्थना, कोयल",
        "reggae": "सूरज, टापू, शांति, सागर, एकता, जड़ें, शेर, नारियल का पेड़",
    },
    "ar": {
        "rock": "الطريق, المحرك, الرعد, الحرية, الثورة, الحشد, الغيتار, النار",
        "metal": "الحديد, الظلام, السيف, العاصفة, اللهب, الدم, القبر, الوحش",
        "jazz": "ضوء القمر, منتصف الليل, الكأس, البيانو, الدخان, المخمل, المدينة, المطر",
        "folk": "النهر, الجبل, الحصاد, الحقل, أمي, القرية, القارب, الخبز",
        "electronic": "الليزر, الآلة, الإشارة, النبض, المجرة, المستقبل, الشاشة, أضواء المدينة",
        "hip-hop": "الشارع, المال, القافية, الحارة, الاحترام, الكفاح, الميكروفون, الشلة",
        "classical": "الملاك, الوردة, الأبدية, الحديقة, الفجر, الصمت, الصلاة, البلبل",
        "reggae": "الشمس, الجزيرة, السلام, المحيط, الوحدة, الجذور, الأسد, النخلة",
    },
    "es": {
        "rock": "la carretera, el motor, el trueno, la libertad, la rebeldía, el gentío, la guitarra, el fuego",
        "metal": "el hierro, la oscuridad, la espada, la tormenta, la llama, la sangre, la tumba, el demonio",
        "jazz": "la luna, la medianoche, la copa, el piano, el humo, el terciopelo, la avenida, la lluvia",
        "folk": "el río, la montaña, la cosecha, el campo, mi madre, la aldea, la barca, el pan",
        "electronic": "el láser, la máquina, la señal, el pulso, la galaxia, el futuro, la pantalla, el neón",
        "hip-hop": "el barrio, el dinero, la rima, la esquina, el respeto, la lucha, el micrófono, mi banda",
        "classical": "el ángel, la rosa, la eternidad, el jardín, el alba, el silencio, la oración, el ruiseñor",
        "reggae": "el sol, la isla, la paz, el mar, la unidad, las raíces, el león, la palmera",
    },
}  # fmt: skip

GIVEN_NAMES = (
    "Amina", "Anik", "Asha", "Camila", "Dario", "Elena", "Farah", "Hugo", "Inez", "Jonah", "Karim", "Laila", "Mira",
    "Nabil", "Nora", "Omar", "Paloma", "Rafi", "Ravi", "Ruth", "Samir", "Tara", "Theo", "Yusuf",
)  # fmt: skip
FAMILY_NAMES = (
    "Alvarez", "Bell", "Chowdhury", "Das", "Fuentes", "Gray", "Haddad", "Iyer", "Khan", "Lark", "Mansour", "Nair",
    "Ortega", "Penn", "Quill", "Rahman", "Saleh", "Sen", "Stone", "Torres", "Varma", "West", "Yadav", "Zaman",
)  # fmt: skip


def write_lyrics(genre, language, rng):
    """Generate a title and two verses, each followed by the refrain.

    Parameters
    ----------
    genre, language : str
        Genre and language of the song.
    rng : numpy.random.Generator
        Random number generator.

    Returns
    -------
    title : str
        Title of the song.
    lyrics : str
        Lyrics. Verses and refrains are separated by empty lines.
    """
    nouns = rng.permutation(NOUNS[language][genre].split(", "))
    title = AND[language].format(*nouns[:2])

    def stanza(n_lines):
        lines = rng.choice(LINES[language], size=n_lines, replace=False)
        return "\n".join(line.format(*rng.choice(nouns[:6], size=2, replace=False)) for line in lines)

    refrain = stanza(3)
    lyrics = "\n\n".join([stanza(4), refrain, stanza(4), refrain])
    return title[0].upper() + title[1:], lyrics
