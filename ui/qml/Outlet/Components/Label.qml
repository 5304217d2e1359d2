import QtQuick

// A text in one of the three sizes.
Text {
    id: root

    required property Theme theme
    property bool quiet: false

    color: quiet ? theme.muted : theme.ink
    font.pixelSize: quiet ? theme.small : theme.body
    textFormat: Text.PlainText
    verticalAlignment: Text.AlignVCenter
    Accessible.role: Accessible.StaticText
    Accessible.name: text
    Accessible.ignored: text === ""
}
