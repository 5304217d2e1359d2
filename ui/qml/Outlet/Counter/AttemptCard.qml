pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// The payment by payer code: what is asked, since when, what is safe, which key works.
Rectangle {
    id: root

    required property Theme theme
    required property PayerCode viewModel
    required property bool canPark

    signal parkWanted
    signal printWanted

    readonly property color ink: theme.toneInk(viewModel.tone)

    height: words.implicitHeight + theme.gap * (theme.narrow ? 5 : 8)
    radius: theme.radius + 2
    color: theme.toneGround(viewModel.tone)
    border.width: theme.hairline
    border.color: Qt.alpha(ink, theme.contrast ? 1 : 0.4)
    Accessible.role: Accessible.AlertMessage
    Accessible.name: [viewModel.chip, viewModel.amount, viewModel.sinceText, viewModel.text].filter(part => part !== "").join(" ")

    Icon {
        id: sign

        theme: root.theme
        name: root.viewModel.tone === "ok" ? "check" : root.viewModel.open ? "payer_code" : "warn"
        size: root.theme.icon * 1.5
        tone: root.ink
        x: root.theme.gap * 5
        anchors.verticalCenter: parent.verticalCenter
    }

    Column {
        id: words

        anchors.left: sign.right
        anchors.leftMargin: root.theme.gap * 4
        anchors.right: parent.right
        anchors.rightMargin: root.theme.gap * 5
        anchors.verticalCenter: parent.verticalCenter
        spacing: root.theme.gap

        Flow {
            width: parent.width
            spacing: root.theme.gap * 3

            Label {
                theme: root.theme
                text: root.viewModel.chip
                font.weight: Font.DemiBold
                color: root.ink
                Accessible.ignored: true
            }

            Label {
                theme: root.theme
                text: root.viewModel.amount
                font.weight: Font.DemiBold
                color: root.ink
                Accessible.ignored: true
            }

            Label {
                theme: root.theme
                text: root.viewModel.sinceText
                visible: text !== ""
                color: root.theme.ink
                Accessible.ignored: true
            }
        }

        Label {
            width: parent.width
            theme: root.theme
            text: root.viewModel.text
            wrapMode: Text.Wrap
            Accessible.ignored: true
        }

        Loader {
            active: root.viewModel.qrPath !== ""
            width: Math.round(Math.min(200 * root.theme.scale, 380))
            height: active ? width : 0
            visible: active
            sourceComponent: QrCode {
                path: root.viewModel.qrPath
                modules: root.viewModel.qrSide
                name: root.viewModel.chip
            }
        }

        ActionButton {
            theme: root.theme
            text: qsTrId("payment.print_code")
            icon: "receipt_printer"
            key: "F4"
            visible: root.viewModel.qrPath !== ""
            onPressed: root.printWanted()
        }

        Label {
            width: parent.width
            theme: root.theme
            quiet: root.viewModel.open
            color: root.theme.ink
            text: root.viewModel.open ? qsTrId("payment.keys_asking") : qsTrId("payment.take_cash_back")
            visible: (root.viewModel.open && root.viewModel.qrPath === "") || root.viewModel.inDoubt && !root.canPark
            wrapMode: Text.Wrap
        }

        ActionButton {
            theme: root.theme
            kind: "primary"
            focus: root.viewModel.inDoubt && root.canPark
            text: qsTrId("payment.park")
            key: "F2"
            visible: root.viewModel.inDoubt && root.canPark
            onPressed: root.parkWanted()
        }
    }
}
