import QtQuick
import Outlet.Components

// One entry of the journal: what, when, how much, where it stands, when the platform signed for it.
Item {
    id: root

    required property Theme theme
    required property bool current
    required property bool focused
    required property bool tight
    required property int seq
    required property string kind
    required property string at
    required property string detail
    required property string amount
    required property string stateText
    required property string receipt
    required property string tone

    signal chosen
    signal opened

    implicitHeight: Math.round(theme.body * 3.4)
    Accessible.role: Accessible.ListItem
    Accessible.name: ["#" + seq + " " + kind, stateText, amount, at, detail, receipt].filter(part => part !== "").join(", ")
    Accessible.selected: current

    Rectangle {
        anchors.fill: parent
        radius: root.theme.radius - 2
        color: root.current ? root.theme.tint : "transparent"
        border.width: root.current && (root.focused || root.theme.contrast) ? 2 : 0
        border.color: root.theme.focusRing
    }

    Label {
        id: number

        x: root.theme.gap * 3
        width: Math.max(implicitWidth, Math.round(root.theme.small * 2.6))
        anchors.baseline: words.top
        anchors.baselineOffset: what.baselineOffset
        theme: root.theme
        quiet: true
        text: "#" + root.seq
        Accessible.ignored: true
    }

    Column {
        id: words

        anchors.left: number.right
        anchors.leftMargin: root.theme.gap * 2
        anchors.right: root.tight ? verdict.left : sum.left
        anchors.rightMargin: root.theme.gap * 2
        anchors.verticalCenter: parent.verticalCenter
        spacing: root.theme.gap / 2

        Label {
            id: what

            width: parent.width
            theme: root.theme
            text: root.kind
            font.pixelSize: root.theme.body - 1
            elide: Text.ElideRight
            Accessible.ignored: true
        }

        Label {
            width: parent.width
            theme: root.theme
            quiet: true
            text: [root.at, root.tight ? root.amount : root.detail].filter(part => part !== "").join("  ·  ")
            elide: Text.ElideRight
            Accessible.ignored: true
        }
    }

    Label {
        id: sum

        anchors.right: verdict.left
        anchors.rightMargin: root.theme.gap * 2
        anchors.verticalCenter: parent.verticalCenter
        theme: root.theme
        text: root.amount
        font.pixelSize: root.theme.body - 1
        font.weight: Font.DemiBold
        visible: !root.tight
        Accessible.ignored: true
    }

    Column {
        id: verdict

        anchors.right: parent.right
        anchors.rightMargin: root.theme.gap * 3
        anchors.verticalCenter: parent.verticalCenter
        width: Math.round(root.theme.small * (root.tight ? 6.8 : 9.6))
        spacing: root.theme.gap / 2

        Badge {
            anchors.right: parent.right
            theme: root.theme
            text: root.stateText
            tone: root.tone
        }

        Label {
            anchors.right: parent.right
            theme: root.theme
            quiet: true
            text: root.receipt
            visible: text !== "" && !root.tight
            Accessible.ignored: true
        }
    }

    MouseArea {
        anchors.fill: parent
        onClicked: root.opened()
        onPressed: root.chosen()
    }
}
