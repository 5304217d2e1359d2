import QtQuick
import Outlet.Components

// A name and what it is, side by side; a long figure goes below its name. A heading stands alone.
Item {
    id: root

    required property Theme theme
    required property string label
    required property string figure
    required property bool heading
    required property string tone

    readonly property bool beside: name.implicitWidth + value.implicitWidth + theme.gap * 4 <= width
    readonly property color ink: tone === "" ? theme.ink : theme.toneInk(tone)

    implicitHeight: heading ? name.implicitHeight + theme.gap * 5 : beside ? Math.max(name.implicitHeight, value.implicitHeight) : name.height + (figure === "" ? 0 : value.height)
    Accessible.role: heading ? Accessible.Heading : Accessible.StaticText
    Accessible.name: figure === "" ? label : label + " " + figure

    Rectangle {
        y: root.theme.gap * 2
        width: parent.width
        height: root.theme.hairline
        color: root.theme.line
        visible: root.heading
    }

    Label {
        id: name

        anchors.bottom: root.heading ? parent.bottom : undefined
        width: root.beside ? implicitWidth : parent.width
        theme: root.theme
        text: root.label
        color: root.heading ? root.theme.ink : root.figure === "" ? root.ink : root.theme.muted
        font.pixelSize: root.theme.small + (root.heading ? 1 : 0)
        font.weight: root.heading ? Font.DemiBold : Font.Normal
        wrapMode: Text.Wrap
        Accessible.ignored: true
    }

    Label {
        id: value

        anchors.right: parent.right
        anchors.bottom: parent.bottom
        width: root.beside ? implicitWidth : parent.width
        theme: root.theme
        text: root.figure
        color: root.ink
        font.pixelSize: root.theme.small + 1
        horizontalAlignment: Text.AlignRight
        wrapMode: root.beside ? Text.NoWrap : Text.WrapAtWordBoundaryOrAnywhere
        visible: text !== ""
        Accessible.ignored: true
    }
}
