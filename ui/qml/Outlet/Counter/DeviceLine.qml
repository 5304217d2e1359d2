import QtQuick
import Outlet.Components

// A device: what it is, where it is reached, how it is and since when.
Item {
    id: root

    required property Theme theme
    required property string icon
    required property string name
    required property string stateText
    required property string model
    required property string address
    required property string heard
    required property string tone
    required property bool testable

    signal testWanted

    implicitHeight: Math.max(words.implicitHeight, root.theme.control) + root.theme.gap * 5
    Accessible.role: Accessible.ListItem
    Accessible.name: [name, model, stateText, heard, address].filter(part => part !== "").join(", ")

    Rectangle {
        width: parent.width
        height: root.theme.hairline
        color: root.theme.line
    }

    Icon {
        id: sign

        theme: root.theme
        name: root.icon
        anchors.verticalCenter: parent.verticalCenter
    }

    Column {
        id: words

        anchors.left: sign.right
        anchors.leftMargin: root.theme.gap * 4
        anchors.right: state.left
        anchors.rightMargin: root.theme.gap * 3
        anchors.verticalCenter: parent.verticalCenter
        spacing: root.theme.gap / 2

        Label {
            width: parent.width
            theme: root.theme
            text: root.model === "" ? root.name : root.name + " · " + root.model
            wrapMode: Text.Wrap
            Accessible.ignored: true
        }

        Label {
            width: parent.width
            theme: root.theme
            quiet: true
            text: root.address
            font.family: "Postal Mono"
            wrapMode: Text.WrapAnywhere
            visible: text !== ""
            Accessible.ignored: true
        }

        Label {
            width: parent.width
            theme: root.theme
            quiet: true
            text: root.heard
            wrapMode: Text.Wrap
            Accessible.ignored: true
        }
    }

    Badge {
        id: state

        anchors.right: test.visible ? test.left : parent.right
        anchors.rightMargin: test.visible ? root.theme.gap * 3 : 0
        anchors.verticalCenter: parent.verticalCenter
        theme: root.theme
        text: root.stateText
        tone: root.tone
    }

    ActionButton {
        id: test

        anchors.right: parent.right
        anchors.verticalCenter: parent.verticalCenter
        theme: root.theme
        text: qsTrId("settings.test_page")
        visible: root.testable
        onPressed: root.testWanted()
    }
}
