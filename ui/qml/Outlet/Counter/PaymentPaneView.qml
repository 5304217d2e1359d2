pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// Cash with note keys, a payer code at any moment, or both; then the change in huge figures.
FocusScope {
    id: root

    required property Theme theme
    required property PaymentPane viewModel

    signal backWanted
    signal parkWanted
    signal reprintWanted

    focus: true

    PaymentDoneView {
        anchors.fill: parent
        theme: root.theme
        viewModel: root.viewModel
        visible: root.viewModel.done
        enabled: visible
        focus: visible
        onReprintWanted: root.reprintWanted()
    }

    PageFrame {
        anchors.fill: parent
        theme: root.theme
        title: root.theme.narrow ? "" : qsTrId("payment.title")
        subtitle: root.theme.narrow ? "" : qsTrId("payment.subtitle")
        visible: !root.viewModel.done
        enabled: visible
        focus: visible
        actions: ActionButton {
            theme: root.theme
            text: qsTrId("payment.back")
            key: "Esc"
            visible: !root.theme.narrow
            available: root.viewModel.canCancel && root.viewModel.takesMoney
            onPressed: root.backWanted()
        }

        ScrollArea {
            theme: root.theme
            anchors.fill: parent
            contentHeight: form.implicitHeight

            Column {
                id: form

                width: parent.width
                spacing: root.theme.gap * 4

                Card {
                    theme: root.theme
                    width: parent.width
                    height: due.implicitHeight + root.theme.gap * (root.theme.narrow ? 5 : 10)

                    Column {
                        id: due

                        anchors.left: parent.left
                        anchors.right: parent.right
                        anchors.margins: root.theme.gap * 6
                        anchors.verticalCenter: parent.verticalCenter
                        spacing: root.theme.gap * 2

                        Item {
                            width: parent.width
                            height: amount.implicitHeight

                            Label {
                                id: dueName

                                theme: root.theme
                                text: root.viewModel.split ? qsTrId("payment.remaining") : qsTrId("basket.due")
                                anchors.baseline: amount.baseline
                            }

                            Text {
                                id: amount

                                anchors.right: parent.right
                                width: parent.width - dueName.implicitWidth - root.theme.gap * 3
                                text: root.viewModel.remaining
                                color: root.theme.ink
                                font.pixelSize: Math.round(root.theme.large * (root.theme.narrow ? 1 : 1.2))
                                font.weight: Font.DemiBold
                                fontSizeMode: Text.HorizontalFit
                                minimumPixelSize: root.theme.body
                                horizontalAlignment: Text.AlignRight
                                textFormat: Text.PlainText
                                Accessible.role: Accessible.StaticText
                                Accessible.name: dueName.text + " " + text
                            }
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

                Rectangle {
                    width: parent.width
                    height: attempt.implicitHeight + root.theme.gap * 8
                    radius: root.theme.radius + 2
                    color: root.theme.toneGround(root.viewModel.attemptTone)
                    border.width: root.theme.hairline
                    border.color: Qt.alpha(root.theme.toneInk(root.viewModel.attemptTone), root.theme.contrast ? 1 : 0.4)
                    visible: root.viewModel.attemptState !== ""
                    Accessible.role: Accessible.AlertMessage
                    Accessible.name: root.viewModel.attemptTitle + " " + root.viewModel.attemptText

                    Icon {
                        id: sign

                        theme: root.theme
                        name: root.viewModel.attemptTone === "ok" ? "check" : root.viewModel.attemptOpen ? "payer_code" : "warn"
                        size: root.theme.icon * 1.5
                        tone: root.theme.toneInk(root.viewModel.attemptTone)
                        x: root.theme.gap * 5
                        anchors.verticalCenter: parent.verticalCenter
                    }

                    Column {
                        id: attempt

                        anchors.left: sign.right
                        anchors.leftMargin: root.theme.gap * 4
                        anchors.right: parent.right
                        anchors.rightMargin: root.theme.gap * 5
                        anchors.verticalCenter: parent.verticalCenter
                        spacing: root.theme.gap

                        Label {
                            width: parent.width
                            theme: root.theme
                            text: root.viewModel.attemptTitle
                            font.weight: Font.DemiBold
                            color: root.theme.toneInk(root.viewModel.attemptTone)
                            elide: Text.ElideRight
                        }

                        Label {
                            width: parent.width
                            theme: root.theme
                            text: root.viewModel.attemptText
                            wrapMode: Text.Wrap
                        }

                        ActionButton {
                            theme: root.theme
                            kind: "primary"
                            focus: visible
                            text: qsTrId("payment.park")
                            key: "F2"
                            visible: root.viewModel.inDoubt
                            onPressed: root.parkWanted()
                        }
                    }
                }

                Card {
                    theme: root.theme
                    width: parent.width
                    height: cash.implicitHeight + root.theme.gap * (root.theme.narrow ? 6 : 10)
                    visible: root.viewModel.takesMoney

                    Column {
                        id: cash

                        anchors.left: parent.left
                        anchors.right: parent.right
                        anchors.margins: root.theme.gap * 6
                        anchors.verticalCenter: parent.verticalCenter
                        spacing: root.theme.gap * 3

                        Row {
                            spacing: root.theme.gap * 2

                            Icon {
                                theme: root.theme
                                name: "cash"
                                anchors.verticalCenter: parent.verticalCenter
                            }

                            Label {
                                theme: root.theme
                                text: qsTrId("payment.cash")
                                font.weight: Font.DemiBold
                                anchors.verticalCenter: parent.verticalCenter
                            }
                        }

                        Item {
                            width: parent.width
                            height: field.implicitHeight

                            Field {
                                id: field

                                anchors.left: parent.left
                                anchors.right: take.left
                                anchors.rightMargin: root.theme.gap * 3
                                theme: root.theme
                                focus: true
                                big: true
                                figures: true
                                maximumLength: 14
                                name: qsTrId("payment.received")
                                hint: qsTrId("payment.received_hint") + " " + root.viewModel.cashRemaining
                                onEdited: root.viewModel.forgetNotes()
                                onSubmitted: root.viewModel.payCash(field.text)
                            }

                            ActionButton {
                                id: take

                                anchors.right: parent.right
                                height: field.height
                                theme: root.theme
                                kind: "primary"
                                text: qsTrId("payment.take_cash")
                                key: "Enter"
                                onPressed: root.viewModel.payCash(field.text)
                            }
                        }

                        Flow {
                            width: parent.width
                            spacing: root.theme.gap * 2

                            Repeater {
                                model: [100, 50, 20, 10, 5, 1]

                                ActionButton {
                                    required property int modelData

                                    width: Math.floor((cash.width - root.theme.gap * 12) / 7)
                                    theme: root.theme
                                    text: modelData
                                    spoken: qsTrId("payment.note") + " " + modelData
                                    onPressed: root.viewModel.addNote(modelData)
                                }
                            }

                            ActionButton {
                                width: Math.floor((cash.width - root.theme.gap * 12) / 7)
                                theme: root.theme
                                text: qsTrId("payment.exact")
                                onPressed: root.viewModel.payExact()
                            }
                        }
                    }
                }

                Card {
                    theme: root.theme
                    width: parent.width
                    height: Math.max(codeWords.implicitHeight, root.theme.icon * 2) + root.theme.gap * 8
                    visible: root.viewModel.takesMoney

                    Rectangle {
                        id: codeSign

                        x: root.theme.gap * 6
                        anchors.verticalCenter: parent.verticalCenter
                        width: root.theme.icon * 2
                        height: width
                        radius: root.theme.radius
                        color: root.theme.tint

                        Icon {
                            anchors.centerIn: parent
                            theme: root.theme
                            name: "payer_code"
                            tone: root.theme.accent
                        }
                    }

                    Column {
                        id: codeWords

                        anchors.left: codeSign.right
                        anchors.leftMargin: root.theme.gap * 4
                        anchors.right: parent.right
                        anchors.rightMargin: root.theme.gap * 6
                        anchors.verticalCenter: parent.verticalCenter
                        spacing: root.theme.gap

                        Label {
                            width: parent.width
                            theme: root.theme
                            text: qsTrId("payment.code")
                            font.weight: Font.DemiBold
                            wrapMode: Text.Wrap
                        }

                        Label {
                            width: parent.width
                            theme: root.theme
                            quiet: true
                            text: qsTrId("payment.code_hint")
                            wrapMode: Text.Wrap
                        }
                    }
                }
            }
        }
    }

    Connections {
        function onCleared(): void {
            field.clear();
        }

        function onTyped(text: string): void {
            field.text = text;
        }

        target: root.viewModel
    }
}
