pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// The one thing that stops a cash-up: payments nobody knows about, each with what to do.
Card {
    id: root

    required property CashUp viewModel

    Column {
        anchors.fill: parent
        anchors.margins: root.theme.gap * 6
        spacing: root.theme.gap * 4

        Label {
            width: parent.width
            theme: root.theme
            text: qsTrId("cash_up.resolve.title")
            font.weight: Font.DemiBold
            wrapMode: Text.Wrap
            Accessible.role: Accessible.Heading
        }

        Label {
            width: parent.width
            theme: root.theme
            quiet: true
            text: qsTrId("cash_up.resolve.explain")
            wrapMode: Text.Wrap
        }

        Repeater {
            model: root.viewModel.unknown

            Rectangle {
                id: payment

                required property string title
                required property string todo

                width: parent ? parent.width : 0
                height: words.implicitHeight + root.theme.gap * 6
                radius: root.theme.radius
                color: root.theme.warm
                border.width: root.theme.hairline
                border.color: root.theme.amber
                Accessible.role: Accessible.AlertMessage
                Accessible.name: title + " " + todo

                Column {
                    id: words

                    anchors.left: parent.left
                    anchors.right: parent.right
                    anchors.margins: root.theme.gap * 4
                    anchors.verticalCenter: parent.verticalCenter
                    spacing: root.theme.gap

                    Label {
                        width: parent.width
                        theme: root.theme
                        text: payment.title
                        wrapMode: Text.Wrap
                        Accessible.ignored: true
                    }

                    Label {
                        width: parent.width
                        theme: root.theme
                        quiet: true
                        text: payment.todo
                        color: root.theme.amber
                        wrapMode: Text.Wrap
                        Accessible.ignored: true
                    }
                }
            }
        }
    }
}
