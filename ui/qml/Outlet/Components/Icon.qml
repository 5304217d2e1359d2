import QtQuick

// One of our own icons in a colour of the palette.
Image {
    id: root

    required property Theme theme
    required property string name
    property color tone: theme.muted
    property int size: theme.icon

    width: size
    height: size
    sourceSize: Qt.size(size, size)
    source: name === "" ? "" : "image://icon/" + name + "/" + String(tone).slice(-6)
    Accessible.ignored: true
}
