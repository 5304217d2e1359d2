pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// What the keys do here, and the last transaction.
Rectangle {
    id: root

    required property Theme theme
    required property KeyHints viewModel
    required property string lastText
    property list<string> idle: []

    signal acted(string action)

    implicitHeight: Math.max(36, Math.round(theme.small * 2.4))
    color: theme.footer
    Accessible.role: Accessible.StatusBar
    Accessible.name: qsTrId("hints.name")

    Rectangle {
        width: parent.width
        height: root.theme.hairline
        color: root.theme.line
    }

    Item {
        anchors.left: parent.left
        anchors.leftMargin: root.theme.gap * 5
        anchors.right: last.left
        anchors.rightMargin: root.theme.gap * 4
        height: parent.height
        clip: true

        // A second row of the flow falls below the clipped bar, so a hint is whole or not there.
        Flow {
            width: parent.width
            height: root.height * 3
            spacing: root.theme.gap * 5

            Repeater {
                model: root.viewModel.rows

                Item {
                    id: hint

                    required property string action
                    required property string key
                    required property string text

                    width: content.implicitWidth
                    height: root.height
                    // A key that does nothing now is not offered.
                    visible: !root.idle.includes(action)
                    Accessible.role: Accessible.StaticText
                    Accessible.name: key + " " + text

                    Row {
                        id: content

                        anchors.verticalCenter: parent.verticalCenter
                        spacing: root.theme.gap * 2

                        KeyCap {
                            theme: root.theme
                            key: hint.key
                            anchors.verticalCenter: parent.verticalCenter
                        }

                        Label {
                            theme: root.theme
                            quiet: true
                            text: hint.text
                            anchors.verticalCenter: parent.verticalCenter
                            Accessible.ignored: true
                        }
                    }

                    MouseArea {
                        anchors.fill: parent
                        onClicked: root.acted(hint.action)
                    }
                }
            }
        }
    }

    Label {
        id: last

        anchors.right: parent.right
        anchors.rightMargin: root.theme.gap * 5
        anchors.verticalCenter: parent.verticalCenter
        width: Math.min(implicitWidth, root.width * 0.4)
        theme: root.theme
        quiet: true
        text: root.lastText
        elide: Text.ElideRight
    }
}
