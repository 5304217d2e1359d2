pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// The counter: bar on top, pages left, work in the middle, basket right, keys at the bottom.
FocusScope {
    id: root

    required property Counter viewModel
    required property Theme theme

    focus: true

    readonly property bool paying: viewModel.page === "payment"
    readonly property int railWidth: theme.narrow ? theme.control + theme.gap * 6 : Math.round(180 * theme.scale)
    readonly property int basketWidth: Math.round(Math.min(Math.max(width * 0.31, 400 * Math.min(theme.scale, 1.3)), width * 0.4))

    Item {
        id: behind

        anchors.fill: parent
        enabled: root.viewModel.dialog === ""

        TopBarView {
            id: topBar

            anchors.left: parent.left
            anchors.right: parent.right
            theme: root.theme
            viewModel: root.viewModel.topBar
            session: root.viewModel.session
            onQueueWanted: root.viewModel.act("open_queue")
            onDirectivesWanted: root.viewModel.act("open_directives")
            onDevicesWanted: root.viewModel.act("open_settings")
        }

        RailView {
            id: rail

            anchors.left: parent.left
            anchors.top: topBar.bottom
            anchors.bottom: hints.top
            width: root.railWidth
            theme: root.theme
            viewModel: root.viewModel
        }

        FocusScope {
            id: work

            anchors.left: rail.right
            anchors.right: basket.visible ? basket.left : parent.right
            anchors.top: topBar.bottom
            anchors.bottom: hints.top
            anchors.margins: root.theme.gap * 5
            focus: true

            NoticeBar {
                id: notice

                anchors.left: parent.left
                anchors.right: parent.right
                theme: root.theme
                text: root.viewModel.notices.text
                tone: root.viewModel.notices.tone
                closeName: qsTrId("notice.close")
                onClosed: root.viewModel.notices.dismiss()
            }

            ScanFieldView {
                id: selling

                anchors.left: parent.left
                anchors.right: parent.right
                anchors.top: notice.bottom
                anchors.topMargin: notice.visible ? root.theme.gap * 3 : 0
                anchors.bottom: parent.bottom
                theme: root.theme
                viewModel: root.viewModel.scanField
                basket: root.viewModel.basket
                visible: root.viewModel.page === "selling"
                enabled: visible
                focus: visible
            }

            Loader {
                anchors.fill: selling
                active: root.paying
                focus: active
                sourceComponent: PaymentPaneView {
                    theme: root.theme
                    viewModel: root.viewModel.payment
                    onBackWanted: root.viewModel.act("back")
                    onParkWanted: root.viewModel.act("suspend")
                    onReprintWanted: root.viewModel.act("reprint")
                }
            }

            Loader {
                anchors.fill: selling
                active: root.viewModel.page === "queue"
                focus: active
                sourceComponent: QueuePageView {
                    theme: root.theme
                    viewModel: root.viewModel.queue
                    outlook: root.viewModel.outlook
                    courier: root.viewModel.courier
                }
            }

            // The other pages: a file is read when its page is first opened, so that none delays the first frame.
            Loader {
                id: page

                readonly property string view: root.viewModel.pageView

                anchors.fill: selling
                focus: view !== ""
                onViewChanged: view === "" ? setSource("") : setSource(Qt.resolvedUrl("../" + view), {
                    theme: root.theme,
                    viewModel: root.viewModel.pageModel
                })
            }
        }

        BasketPaneView {
            id: basket

            anchors.right: parent.right
            anchors.top: topBar.bottom
            anchors.bottom: hints.top
            width: root.basketWidth
            visible: !root.viewModel.wholePage && (!root.theme.narrow || root.viewModel.page === "selling" || root.viewModel.page === "parked")
            theme: root.theme
            viewModel: root.viewModel.basket
            selling: root.viewModel.page === "selling"
            onPayWanted: root.viewModel.act("pay")
            onLevelWanted: root.viewModel.act("member_level")
        }

        KeyHintsView {
            id: hints

            anchors.left: parent.left
            anchors.right: parent.right
            anchors.bottom: parent.bottom
            theme: root.theme
            viewModel: root.viewModel.hints
            lastText: root.viewModel.last.summary || ""
            idle: root.paying && root.viewModel.dialog === "" ? root.viewModel.payment.idleActions : []
            onActed: action => root.viewModel.act(action)
        }
    }

    Loader {
        id: dialog

        anchors.fill: parent
        active: root.viewModel.dialog !== ""
        focus: active
        sourceComponent: root.viewModel.dialog === "quantity" ? quantity : root.viewModel.dialog === "weigh" ? weigh : root.viewModel.dialog === "member" ? member : root.viewModel.dialog === "override" ? priceOverride : root.viewModel.dialog === "approve" ? approve : leave
    }

    Component {
        id: quantity

        QuantityDialogView {
            theme: root.theme
            viewModel: root.viewModel.quantity
            onCancelled: root.viewModel.back()
        }
    }

    Component {
        id: weigh

        WeighDialogView {
            theme: root.theme
            viewModel: root.viewModel.weigh
            second: root.viewModel.second
            onCancelled: root.viewModel.back()
        }
    }

    Component {
        id: member

        MemberDialogView {
            theme: root.theme
            viewModel: root.viewModel.member
            onCancelled: root.viewModel.back()
        }
    }

    Component {
        id: priceOverride

        OverrideDialogView {
            theme: root.theme
            viewModel: root.viewModel.override
            onCancelled: root.viewModel.back()
        }
    }

    Component {
        id: approve

        ApprovalDialogView {
            theme: root.theme
            viewModel: root.viewModel.approval
            onCancelled: root.viewModel.back()
        }
    }

    Component {
        id: leave

        LeaveDialogView {
            theme: root.theme
            session: root.viewModel.session
            training: root.viewModel.training
            onTrainingWanted: root.viewModel.act("train")
            onConfirmed: root.viewModel.act("sign_off")
            onCashUpWanted: root.viewModel.act("open_cash_up")
            onCancelled: root.viewModel.back()
        }
    }

    Connections {
        function onFocusWanted(): void {
            root.viewModel.dialog === "" ? work.forceActiveFocus() : dialog.forceActiveFocus();
        }

        target: root.viewModel
    }
}
