import QtQuick
import Outlet.Components

// Money of a refund that the channel has not given back: how it stands, and what can be done when it refused.
Item {
    id: root

    required property Theme theme
    required property string number
    required property string title
    required property string amount
    required property string standing
    required property string hue
    required property bool refused
    required property bool exhausted

    signal askedAgain(string money)
    signal paidInCash(string money)
    signal takenBack(string money)

    implicitHeight: Math.max(words.implicitHeight, theme.control) + theme.gap * 2
    Accessible.role: Accessible.ListItem
    Accessible.name: title + " " + amount + " " + standing

    Rectangle {
        anchors.fill: parent
        radius: root.theme.radius
        color: root.theme.toneGround(root.hue)
    }

    Column {
        id: words

        anchors.left: parent.left
        anchors.leftMargin: root.theme.gap * 3
        anchors.right: deeds.left
        anchors.rightMargin: root.theme.gap * 3
        anchors.verticalCenter: parent.verticalCenter

        Label {
            width: parent.width
            theme: root.theme
            text: root.title + "   " + root.amount
            wrapMode: Text.Wrap
        }

        Label {
            width: parent.width
            theme: root.theme
            quiet: true
            text: root.standing
            color: root.theme.toneInk(root.hue)
            wrapMode: Text.Wrap
        }
    }

    Row {
        id: deeds

        anchors.right: parent.right
        anchors.rightMargin: root.theme.gap * 2
        anchors.verticalCenter: parent.verticalCenter
        spacing: root.theme.gap * 2
        visible: root.refused

        ActionButton {
            theme: root.theme
            text: qsTrId("refund.ask_again")
            visible: !root.exhausted
            spoken: text + " " + root.title
            onPressed: root.askedAgain(root.number)
        }

        ActionButton {
            theme: root.theme
            text: qsTrId("refund.pay_cash")
            spoken: text + " " + root.title
            onPressed: root.paidInCash(root.number)
        }

        ActionButton {
            theme: root.theme
            text: qsTrId("refund.take_back")
            spoken: text + " " + root.title
            visible: root.exhausted
            onPressed: root.takenBack(root.number)
        }
    }
}
