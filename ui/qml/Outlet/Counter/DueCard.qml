pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// What is to be paid, what cash rounding does to it, and what has been given so far.
Card {
    id: root

    required property PaymentPane viewModel

    height: due.implicitHeight + theme.gap * (theme.narrow ? 5 : 8)

    Column {
        id: due

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.margins: root.theme.gap * 6
        anchors.verticalCenter: parent.verticalCenter
        spacing: root.theme.gap * 2

        GrandFigure {
            width: parent.width
            theme: root.theme
            label: root.viewModel.split ? qsTrId("payment.remaining") : qsTrId("basket.due")
            figure: root.viewModel.remaining
            size: Math.round(root.theme.large * (root.theme.narrow ? 1 : 1.2))
        }

        FigureLine {
            width: parent.width
            theme: root.theme
            label: qsTrId("payment.rounding")
            figure: root.viewModel.rounding
            visible: root.viewModel.rounding !== ""
        }

        FigureLine {
            width: parent.width
            theme: root.theme
            label: qsTrId("payment.cash_due")
            figure: root.viewModel.cashRemaining
            strong: true
            visible: root.viewModel.rounding !== ""
        }

        Repeater {
            model: root.viewModel.tenders

            Item {
                id: tender

                required property int place
                required property string name
                required property string amount
                required property bool removable

                width: due.width
                height: root.theme.control

                FigureLine {
                    anchors.left: parent.left
                    anchors.right: undo.left
                    anchors.rightMargin: root.theme.gap * 3
                    anchors.verticalCenter: parent.verticalCenter
                    theme: root.theme
                    label: qsTrId("payment.given") + " · " + tender.name
                    figure: tender.amount
                    tone: root.theme.accent
                }

                ActionButton {
                    id: undo

                    anchors.right: parent.right
                    height: parent.height - root.theme.gap * 2
                    anchors.verticalCenter: parent.verticalCenter
                    theme: root.theme
                    text: qsTrId("payment.give_back")
                    spoken: qsTrId("payment.give_back") + " " + tender.name + " " + tender.amount
                    available: tender.removable
                    onPressed: root.viewModel.cancelTender(tender.place)
                }
            }
        }
    }
}
