pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// Every entry with its state and the platform's receipt.
PageFrame {
    id: root

    required property QueuePage viewModel
    required property OutlookPane outlook
    required property CourierPane courier

    // With large text the entry covers the list: half a page would be too little for either.
    readonly property bool beside: (viewModel.selected >= 0 || outlookShown || courier.open) && !theme.narrow
    readonly property bool outlookShown: viewModel.selected < 0 && !courier.open && outlook.toggled === theme.narrow

    title: qsTrId("queue.title")
    subtitle: viewModel.summaryText
    actions: [
        ActionButton {
            theme: root.theme
            text: qsTrId("queue.only_waiting")
            chosen: root.viewModel.onlyWaiting
            key: "F7"
            onPressed: root.viewModel.toggleOnlyWaiting()
        },
        ActionButton {
            theme: root.theme
            text: qsTrId("queue.carry")
            spoken: qsTrId("courier.title")
            chosen: root.courier.open
            key: "F2"
            onPressed: root.courier.carry()
        },
        ActionButton {
            theme: root.theme
            text: qsTrId("queue.upload_now")
            key: "F8"
            onPressed: root.viewModel.wake()
        }
    ]

    Card {
        id: entries

        theme: root.theme
        anchors.left: parent.left
        anchors.top: parent.top
        anchors.bottom: parent.bottom
        width: root.beside ? Math.round(parent.width * 0.44) : parent.width

        ListView {
            id: list

            // Until somebody chooses an entry the cursor stands on the newest, also when one comes.
            property bool chosen: false

            cacheBuffer: 0
            anchors.fill: parent
            anchors.margins: root.theme.gap
            focus: true
            clip: true
            model: root.viewModel.rows
            boundsBehavior: Flickable.StopAtBounds
            highlightMoveDuration: root.theme.motion
            activeFocusOnTab: true
            onCountChanged: currentIndex = chosen || count === 0 ? currentIndex : 0
            Keys.onReturnPressed: open(currentIndex)
            Keys.onEnterPressed: open(currentIndex)
            Keys.onPressed: event => {
                // The list itself moves the cursor; here is only noted that somebody did.
                chosen = chosen || event.key === Qt.Key_Up || event.key === Qt.Key_Down;
                const pages = event.key === Qt.Key_PageDown ? 1 : event.key === Qt.Key_PageUp ? -1 : 0;
                if (root.courier.open)
                    carried.turn(pages);
                else if (root.outlookShown)
                    ahead.turn(pages);
                else
                    full.turn(pages);
            }
            onCurrentIndexChanged: root.viewModel.follow(currentIndex)
            Accessible.role: Accessible.List
            Accessible.name: root.title
            Accessible.focusable: true

            function open(place: int) {
                chosen = true;
                root.viewModel.open(place);
            }

            // What stops the upload goes first, and scrolls away with the list.
            header: Column {
                width: ListView.view.width
                spacing: root.theme.gap
                bottomPadding: root.viewModel.holds.count > 0 ? root.theme.gap : 0

                Repeater {
                    model: root.viewModel.holds

                    Rectangle {
                        id: hold

                        required property string text
                        required property string tone

                        width: parent ? parent.width : 0
                        height: reason.implicitHeight + root.theme.gap * 5
                        radius: root.theme.radius - 2
                        color: root.theme.toneGround(hold.tone)
                        border.width: root.theme.contrast ? root.theme.hairline : 0
                        border.color: root.theme.toneInk(hold.tone)
                        Accessible.role: Accessible.AlertMessage
                        Accessible.name: text

                        Icon {
                            id: sign

                            x: root.theme.gap * 3
                            anchors.verticalCenter: parent.verticalCenter
                            theme: root.theme
                            name: "warn"
                            tone: root.theme.toneInk(hold.tone)
                        }

                        Label {
                            id: reason

                            anchors.left: sign.right
                            anchors.right: parent.right
                            anchors.margins: root.theme.gap * 3
                            anchors.verticalCenter: parent.verticalCenter
                            theme: root.theme
                            quiet: true
                            text: hold.text
                            color: root.theme.toneInk(hold.tone)
                            wrapMode: Text.Wrap
                            Accessible.ignored: true
                        }
                    }
                }
            }

            delegate: QueueRowView {
                required property int index

                theme: root.theme
                width: ListView.view.width
                current: ListView.isCurrentItem
                focused: list.activeFocus
                tight: root.beside
                onChosen: {
                    list.chosen = true;
                    list.currentIndex = index;
                }
                onOpened: list.open(index)
            }
        }
    }

    QueueEntryView {
        id: full

        theme: root.theme
        viewModel: root.viewModel
        anchors.left: root.beside ? entries.right : parent.left
        anchors.leftMargin: root.beside ? root.theme.gap * 3 : 0
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.bottom: parent.bottom
        visible: root.viewModel.selected >= 0 && !root.courier.open
    }

    CourierView {
        id: carried

        theme: root.theme
        viewModel: root.courier
        anchors.fill: full
        visible: root.courier.open
        onVisibleChanged: visible ? carried.enter() : list.forceActiveFocus()
    }

    OutlookView {
        id: ahead

        theme: root.theme
        viewModel: root.outlook
        anchors.fill: full
        visible: root.outlookShown
    }

    EmptyState {
        anchors.centerIn: entries
        width: Math.min(entries.width, Math.round(420 * root.theme.scale))
        theme: root.theme
        icon: "check"
        title: qsTrId("queue.empty")
        explanation: qsTrId("queue.empty.next")
        visible: list.count === 0 && root.viewModel.selected < 0
    }
}
