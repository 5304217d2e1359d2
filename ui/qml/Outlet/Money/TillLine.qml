import QtQuick
import Outlet.Components

// Words left, a figure right; where it opens something, Enter does it.
Item {
    id: root

    required property Theme theme
    required property string label
    required property string figure
    required property string detail
    property bool opens: false
    property bool chosen: false
    property bool warns: false
    // A figure that is told only after the count: a dash to the eye, words to a screen reader.
    property bool blind: false

    signal opened

    implicitHeight: Math.max(Math.round(theme.body * 2.1), words.implicitHeight + theme.gap * 2)
    activeFocusOnTab: opens
    Accessible.role: opens ? Accessible.Button : Accessible.StaticText
    Accessible.name: [label, blind ? qsTrId("till.blind") : figure, detail].filter(part => part !== "").join(", ")
    Accessible.focusable: opens
    Accessible.onPressAction: root.opened()
    Keys.onReturnPressed: root.opened()
    Keys.onEnterPressed: root.opened()
    Keys.onSpacePressed: root.opened()

    Rectangle {
        anchors.fill: parent
        radius: root.theme.radius - 2
        color: root.chosen ? root.theme.tint : "transparent"
    }

    FocusRing {
        theme: root.theme
        shown: root.activeFocus
    }

    Column {
        id: words

        anchors.left: parent.left
        anchors.leftMargin: root.theme.gap * 2
        anchors.right: amount.left
        anchors.rightMargin: root.theme.gap * 2
        anchors.verticalCenter: parent.verticalCenter

        Label {
            width: parent.width
            theme: root.theme
            text: root.label
            font.pixelSize: root.theme.body - 2
            wrapMode: Text.Wrap
            Accessible.ignored: true
        }

        Label {
            width: parent.width
            theme: root.theme
            quiet: true
            text: root.detail
            visible: text !== ""
            wrapMode: Text.Wrap
            Accessible.ignored: true
        }
    }

    Label {
        id: amount

        anchors.right: parent.right
        anchors.rightMargin: root.theme.gap * 2
        anchors.verticalCenter: parent.verticalCenter
        theme: root.theme
        text: root.figure
        color: root.blind ? root.theme.muted : root.warns ? root.theme.amber : root.opens ? root.theme.accent : root.theme.ink
        font.weight: Font.DemiBold
        Accessible.ignored: true
    }

    Rectangle {
        anchors.bottom: parent.bottom
        width: parent.width
        height: root.theme.hairline
        color: root.theme.line
    }

    MouseArea {
        anchors.fill: parent
        enabled: root.opens
        onClicked: root.opened()
    }
}
