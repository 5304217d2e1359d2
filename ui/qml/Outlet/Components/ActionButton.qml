import QtQuick

// Enter, Space or a click does it; the key that does it from anywhere is written on it.
Item {
    id: root

    required property Theme theme
    required property string text
    property string kind: "plain"
    property string key: ""
    property string icon: ""
    property bool available: true
    property bool chosen: false
    property bool big: false
    property string spoken: text

    signal pressed

    readonly property bool filled: kind === "primary"
    readonly property color paper: filled ? (area.pressed ? theme.pressed : theme.primary) : chosen ? theme.tint : area.pressed ? theme.ground : kind === "quiet" ? "transparent" : theme.surface
    readonly property color ink: filled ? theme.primaryInk : kind === "danger" ? theme.danger : chosen ? theme.accent : theme.ink

    implicitWidth: content.implicitWidth + theme.gap * 8
    implicitHeight: big ? theme.control + theme.gap * 5 : theme.control
    opacity: available ? 1 : 0.45
    enabled: available
    activeFocusOnTab: available

    Accessible.role: Accessible.Button
    Accessible.name: spoken
    Accessible.description: key
    Accessible.focusable: available
    Accessible.onPressAction: root.pressed()
    Keys.onReturnPressed: root.pressed()
    Keys.onEnterPressed: root.pressed()
    Keys.onSpacePressed: root.pressed()

    Rectangle {
        anchors.fill: parent
        radius: root.theme.radius
        color: root.paper
        border.width: root.filled || root.kind === "quiet" ? 0 : root.theme.hairline
        border.color: root.chosen ? root.theme.accent : root.kind === "danger" ? root.theme.danger : root.theme.line
    }

    FocusRing {
        theme: root.theme
        shown: root.activeFocus
    }

    Row {
        id: content

        anchors.centerIn: parent
        spacing: root.theme.gap * 2

        Icon {
            theme: root.theme
            name: root.icon
            tone: root.ink
            visible: root.icon !== ""
            anchors.verticalCenter: parent.verticalCenter
        }

        Text {
            id: label

            anchors.verticalCenter: parent.verticalCenter
            width: Math.min(implicitWidth, root.width - root.theme.gap * 6 - (root.icon === "" ? 0 : root.theme.icon + root.theme.gap * 2) - (cap.visible ? cap.width + root.theme.gap * 2 : 0))
            text: root.text
            color: root.ink
            font.pixelSize: root.big ? Math.round(root.theme.body * 1.33) : root.theme.body
            font.weight: root.filled || root.chosen ? Font.DemiBold : Font.Normal
            elide: Text.ElideRight
            textFormat: Text.PlainText
            Accessible.ignored: true
        }

        KeyCap {
            id: cap

            theme: root.theme
            key: root.key
            ink: root.filled ? root.theme.primaryInk : root.theme.muted
            anchors.verticalCenter: parent.verticalCenter
        }
    }

    MouseArea {
        id: area

        anchors.fill: parent
        onClicked: root.pressed()
    }
}
