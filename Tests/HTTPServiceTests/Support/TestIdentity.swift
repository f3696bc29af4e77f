/// A certificate for 127.0.0.1 and localhost, signed by itself, and its key. They protect nothing: they exist for tests.
enum TestIdentity {
    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBnTCCAUOgAwIBAgIUeXcq7+pPXXk14I63rTskwOp72S4wCgYIKoZIzj0EAwIw
        FTETMBEGA1UEAwwKYWdvcmEgdGVzdDAgFw0yNjExMjEwNDM2NDlaGA8yMTI2MTAy
        ODA0MzY0OVowFTETMBEGA1UEAwwKYWdvcmEgdGVzdDBZMBMGByqGSM49AgEGCCqG
        SM49AwEHA0IABHdOCnWBkJidv8/9mbgORfuFfWuf352a3YWi4T4fK1XPWhxlPkgX
        izc9YC4USoJ6i5lKnXTnRsjVH7jrlY0Sq3ejbzBtMB0GA1UdDgQWBBRlgs+KR8qq
        ETcqT8g33bny9QctDjAfBgNVHSMEGDAWgBRlgs+KR8qqETcqT8g33bny9QctDjAP
        BgNVHRMBAf8EBTADAQH/MBoGA1UdEQQTMBGHBH8AAAGCCWxvY2FsaG9zdDAKBggq
        hkjOPQQDAgNIADBFAiA9z2oKAPGg4hYS6cFjdr7evPzucXpFT8HkamUSjJRdEwIh
        AKe/YvhXok9PYYowkjEEhmvPb829HqxMI69UIVqOWMSb
        -----END CERTIFICATE-----
        """

    static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg8GIE+fo+GvPa3+/d
        bV2HCaDuH7w22LtWyyGA1UAq86yhRANCAAR3Tgp1gZCYnb/P/Zm4DkX7hX1rn9+d
        mt2FouE+HytVz1ocZT5IF4s3PWAuFEqCeouZSp1050bI1R+465WNEqt3
        -----END PRIVATE KEY-----
        """
}
