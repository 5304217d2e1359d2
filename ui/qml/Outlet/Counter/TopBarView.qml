pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// Where, when, who; what works; the time. Nothing here is cut: words fold first, then a row is added.
Rectangle {
    id: root

    required property Theme theme
    required property TopBar viewModel
    required property SessionPane session

    signal queueWanted
    signal devicesWanted
    signal directivesWanted

    readonly property real between: theme.gap * 4
    readonly property real start: theme.gap * 5 + mark.width + theme.gap * 3
    readonly property real end: width - theme.gap * 5
    readonly property real beforeTime: end - time.width - between - start

    // The rule, in this order: all words; short lamps; the date without its words; a row more.
    readonly property string whoLong: session.businessDate + "   " + session.clerk
    readonly property string whoBare: (session.businessDate.match(/\d{4}-\d\d-\d\d/) || [""])[0] + "   " + session.clerk
    readonly property real wordy: wordsMetrics.advanceWidth + viewModel.lampCount * (Math.round(theme.small * 1.8) + theme.gap * 10)
    readonly property real brief: briefMetrics.advanceWidth + viewModel.lampCount * (Math.round(theme.small * 1.8) + theme.gap * 10)
    readonly property real inOneRow: beforeTime - outlet.implicitWidth - between * 2
    readonly property bool oneRow: !theme.narrow && bareMetrics.advanceWidth + brief <= inOneRow
    readonly property real inRow: oneRow ? inOneRow : end - start - between
    readonly property bool ownRow: !oneRow && bareMetrics.advanceWidth + brief > inRow
    readonly property bool whoAbove: oneRow || (ownRow && bareMetrics.advanceWidth <= inOneRow)
    readonly property real forLamps: ownRow ? end - start : inRow - longMetrics.advanceWidth
    readonly property bool folded: wordy > forLamps
    readonly property bool bare: ownRow ? whoAbove && longMetrics.advanceWidth > inOneRow : brief > forLamps

    readonly property real rowHeight: Math.max(52, Math.round(theme.body * 2.2))

    implicitHeight: oneRow ? rowHeight : lamps.y + lamps.height + theme.gap * 2
    color: theme.deep

    TextMetrics {
        id: longMetrics

        font: who.font
        text: root.whoLong
    }

    TextMetrics {
        id: bareMetrics

        font: who.font
        text: root.whoBare
    }

    TextMetrics {
        id: wordsMetrics

        font: who.font
        text: root.viewModel.lampWords
    }

    TextMetrics {
        id: briefMetrics

        font: who.font
        text: root.viewModel.lampBriefs
    }

    Rectangle {
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.bottom: parent.bottom
        height: root.theme.hairline
        color: root.theme.line
        visible: root.theme.contrast || root.theme.dark
    }

    Rectangle {
        id: mark

        x: root.theme.gap * 5
        anchors.verticalCenter: outlet.verticalCenter
        width: Math.round(root.theme.body * 1.6)
        height: width
        radius: 6
        color: root.theme.primary

        Text {
            anchors.centerIn: parent
            text: "邮"
            color: root.theme.primaryInk
            font.pixelSize: root.theme.body - 1
            font.weight: Font.Bold
            Accessible.ignored: true
        }
    }

    Label {
        id: outlet

        x: root.start
        y: root.oneRow ? Math.round((root.rowHeight - height) / 2) : root.theme.gap * 2
        width: Math.min(Math.ceil(implicitWidth), root.beforeTime)
        theme: root.theme
        text: root.session.outletName + " · " + root.session.place
        color: root.theme.deepInk
        font.weight: Font.DemiBold
        wrapMode: Text.Wrap
    }

    Label {
        id: who

        x: root.whoAbove ? outlet.x + outlet.width + root.between : root.start
        y: root.whoAbove ? outlet.y + outlet.baselineOffset - baselineOffset : outlet.y + outlet.height + root.theme.gap + Math.round((root.theme.small * 2 - height) / 2)
        theme: root.theme
        quiet: true
        text: root.bare ? root.whoBare : root.whoLong
        color: root.theme.deepMuted
    }

    Flow {
        id: lamps

        x: root.ownRow ? root.start : (root.oneRow ? root.end - time.width - root.between : root.end) - width
        y: root.oneRow ? Math.round((root.rowHeight - height) / 2) : root.ownRow && !root.whoAbove ? who.y + who.height + root.theme.gap : outlet.y + outlet.height + root.theme.gap
        width: root.ownRow ? root.end - root.start : natural
        spacing: root.theme.gap * 2

        property int placed: 0
        readonly property real natural: {
            let sum = 0;
            for (let place = 0; place < placed; place += 1)
                sum += (row.itemAt(place) as Lamp)?.implicitWidth + lamps.spacing || 0;
            return Math.ceil(sum);
        }

        Repeater {
            id: row

            model: root.viewModel.lamps
            onItemAdded: lamps.placed += 1
            onItemRemoved: lamps.placed -= 1

            Lamp {
                required property string icon
                required property string label
                required property string stateText
                required property string words
                required property string brief
                required property string deed

                theme: root.theme
                sign: icon
                text: root.folded ? brief : words
                spoken: (label + " " + stateText).trim()
                onPressed: deed === "queue" ? root.queueWanted() : deed === "directives" ? root.directivesWanted() : deed === "wake" ? root.viewModel.wake() : root.devicesWanted()
            }
        }
    }

    Label {
        id: time

        x: root.end - width
        y: outlet.y
        theme: root.theme
        text: root.viewModel.time
        color: root.theme.deepInk
    }
}
