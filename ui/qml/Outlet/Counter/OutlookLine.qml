import QtQuick
import Outlet.Components

// One service: its name and until when it works, side by side where there is room; below, what ends it.
Item {
    id: root

    required property Theme theme
    required property string name
    required property string until
    required property string why
    required property string tone

    readonly property bool beside: title.implicitWidth + end.implicitWidth + theme.gap * 3 <= words.width

    implicitHeight: words.implicitHeight
    Accessible.role: Accessible.ListItem
    Accessible.name: [name, until, why].filter(part => part !== "").join(", ")

    Rectangle {
        id: sign

        y: Math.round((title.implicitHeight - height) / 2)
        width: Math.round(root.theme.small * 0.6)
        height: width
        radius: root.tone === "ok" ? width / 2 : 2
        color: root.theme.toneInk(root.tone)
    }

    Column {
        id: words

        anchors.left: sign.right
        anchors.leftMargin: root.theme.gap * 2.5
        anchors.right: parent.right

        Item {
            width: parent.width
            implicitHeight: root.beside ? title.implicitHeight : title.height + end.height

            Label {
                id: title

                width: root.beside ? implicitWidth : parent.width
                theme: root.theme
                text: root.name
                font.pixelSize: root.theme.small + 1
                font.weight: Font.DemiBold
                wrapMode: Text.Wrap
                Accessible.ignored: true
            }

            Label {
                id: end

                anchors.right: parent.right
                anchors.bottom: parent.bottom
                width: root.beside ? implicitWidth : parent.width
                theme: root.theme
                text: root.until
                color: root.theme.toneInk(root.tone)
                font.pixelSize: root.theme.small + 1
                wrapMode: root.beside ? Text.NoWrap : Text.Wrap
                Accessible.ignored: true
            }
        }

        Label {
            width: parent.width
            theme: root.theme
            quiet: true
            text: root.why
            font.pixelSize: root.theme.small - 1
            wrapMode: Text.Wrap
            Accessible.ignored: true
        }
    }
}
