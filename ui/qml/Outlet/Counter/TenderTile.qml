import QtQuick
import Outlet.Components

// One means of payment beside cash: its key, what works offline, what it may pay.
Item {
    id: root

    required property Theme theme
    required property string kind
    required property string name
    required property string key
    required property string note
    required property bool usable
    required property bool chosen

    signal pressed

    implicitHeight: content.implicitHeight + theme.gap * 4
    activeFocusOnTab: true
    Accessible.role: Accessible.Button
    Accessible.name: name + ", " + note
    Accessible.description: key
    Accessible.focusable: true
    Accessible.onPressAction: root.pressed()
    Keys.onReturnPressed: root.pressed()
    Keys.onEnterPressed: root.pressed()
    Keys.onSpacePressed: root.pressed()

    Rectangle {
        anchors.fill: parent
        radius: root.theme.radius
        color: area.pressed || root.chosen ? root.theme.tint : root.theme.surface
        border.width: root.theme.hairline
        border.color: root.chosen ? root.theme.accent : root.theme.line
    }

    FocusRing {
        theme: root.theme
        shown: root.activeFocus
    }

    Column {
        id: content

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.leftMargin: root.theme.gap * 3
        anchors.rightMargin: root.theme.gap * 2
        anchors.verticalCenter: parent.verticalCenter
        spacing: root.theme.gap / 2

        Item {
            width: parent.width
            height: Math.max(title.implicitHeight, cap.implicitHeight)

            Label {
                id: title

                anchors.left: parent.left
                anchors.right: cap.left
                anchors.rightMargin: root.theme.gap
                anchors.verticalCenter: parent.verticalCenter
                theme: root.theme
                text: root.name
                color: root.usable ? root.theme.ink : root.theme.muted
                font.pixelSize: root.theme.body - 1
                font.weight: root.chosen ? Font.DemiBold : Font.Normal
                wrapMode: Text.Wrap
                Accessible.ignored: true
            }

            KeyCap {
                id: cap

                anchors.right: parent.right
                anchors.verticalCenter: parent.verticalCenter
                theme: root.theme
                key: root.key
            }
        }

        Label {
            width: parent.width
            theme: root.theme
            quiet: true
            text: root.note
            wrapMode: Text.Wrap
            Accessible.ignored: true
        }
    }

    MouseArea {
        id: area

        anchors.fill: parent
        onClicked: root.pressed()
    }
}
