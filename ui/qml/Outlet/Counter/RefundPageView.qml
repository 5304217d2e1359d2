pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// Giving back: the list of the last sales, the open sale, what was booked.
PageFrame {
    id: root

    required property RefundPage viewModel

    readonly property SecondPerson second: viewModel.secondPerson as SecondPerson

    title: qsTrId("refund.title")
    subtitle: viewModel.step === "refund" ? qsTrId("refund.explain") : viewModel.about

    Loader {
        anchors.fill: parent
        focus: true
        sourceComponent: root.viewModel.step === "refund" ? find : form
    }

    Component {
        id: find

        FocusScope {
            focus: true

            Field {
                id: number

                width: parent.width
                theme: root.theme
                focus: true
                maximumLength: 1000
                name: qsTrId("refund.number")
                hint: qsTrId("refund.number_hint")
                onSubmitted: root.viewModel.find(text)
            }

            StandingNote {
                id: asking

                anchors.top: number.bottom
                anchors.topMargin: root.theme.gap * 2
                width: parent.width
                theme: root.theme
                text: root.viewModel.finding.asking ? qsTrId("refund.asking") : ""
                tone: "wait"
            }

            Label {
                id: refusal

                anchors.top: number.bottom
                anchors.topMargin: root.theme.gap * 2
                width: parent.width
                theme: root.theme
                text: root.viewModel.finding.message
                color: root.theme.danger
                wrapMode: Text.Wrap
                visible: text !== ""
                Accessible.role: Accessible.AlertMessage
            }

            Column {
                id: waiting

                anchors.top: asking.visible ? asking.bottom : refusal.visible ? refusal.bottom : number.bottom
                anchors.topMargin: root.theme.gap * 2
                width: parent.width
                spacing: root.theme.gap * 2

                Repeater {
                    model: root.viewModel.pending.rows

                    RefundWaiting {
                        width: waiting.width
                        theme: root.theme
                        onAskedAgain: money => root.viewModel.pending.tryAgain(money)
                        onPaidInCash: money => root.viewModel.pending.payCash(money)
                        onTakenBack: money => root.viewModel.pending.takeBack(money)
                    }
                }
            }

            ListView {
                id: list

                anchors.top: waiting.bottom
                anchors.topMargin: root.theme.gap * 3
                anchors.bottom: parent.bottom
                width: parent.width
                clip: true
                cacheBuffer: 0
                model: root.viewModel.finding.sales
                currentIndex: root.viewModel.finding.selected
                spacing: root.theme.gap
                delegate: ActionButton {
                    required property int index
                    required property string orderNo
                    required property string detail
                    required property string amount
                    required property string badge

                    width: list.width
                    theme: root.theme
                    chosen: index === root.viewModel.finding.selected
                    text: orderNo + "   " + detail + "   " + amount + (badge === "" ? "" : "   " + badge)
                    onPressed: root.viewModel.find(orderNo)
                }
            }
        }
    }

    Component {
        id: form

        RefundFormView {
            theme: root.theme
            viewModel: root.viewModel
        }
    }

    Loader {
        id: second

        anchors.fill: parent
        active: root.second.open
        onLoaded: second.forceActiveFocus()
        focus: active
        sourceComponent: SecondPersonView {
            theme: root.theme
            viewModel: root.second
            onCancelled: root.viewModel.cancelSecond()
        }
    }
}
