pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// The facts behind the verdict on the last transaction.
Card {
    id: root

    required property LastTransaction viewModel

    height: details.implicitHeight + theme.gap * 12

    Column {
        id: details

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.margins: root.theme.gap * 6
        anchors.verticalCenter: parent.verticalCenter
        spacing: root.theme.gap * 3

        FigureLine {
            width: parent.width
            theme: root.theme
            label: qsTrId("last.what")
            figure: root.viewModel.what
        }

        FigureLine {
            width: parent.width
            theme: root.theme
            label: qsTrId("last.order")
            figure: root.viewModel.orderNo
            visible: figure !== ""
        }

        FigureLine {
            width: parent.width
            theme: root.theme
            label: qsTrId("last.at")
            figure: root.viewModel.at
            visible: figure !== ""
        }

        FigureLine {
            width: parent.width
            theme: root.theme
            label: qsTrId("last.total")
            figure: root.viewModel.total
            strong: true
            visible: figure !== ""
        }

        Repeater {
            model: root.viewModel.tenders

            FigureLine {
                required property string name
                required property string amount

                width: details.width
                theme: root.theme
                label: qsTrId("payment.given") + " · " + name
                figure: amount
            }
        }

        FigureLine {
            width: parent.width
            theme: root.theme
            label: qsTrId("last.channel")
            figure: root.viewModel.channel
            visible: figure !== ""
        }

        FigureLine {
            width: parent.width
            theme: root.theme
            label: qsTrId("last.slip")
            figure: root.viewModel.printText
            visible: figure !== ""
        }
    }
}
