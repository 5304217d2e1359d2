import QtQuick
import Outlet.Components

// A page in the rail: icon, words, key; with large text the words go below the icon.
Item {
    id: root

    required property Theme theme
    required property string icon
    required property string text
    required property string key
    required property bool chosen
    property int count: 0
    property int wide: theme.control

    signal pressed

    width: parent ? parent.width : 0
    // Not from where the words stand: wide, they stand in the middle of this very height.
    height: theme.narrow ? theme.gap * 2 + sign.size + words.implicitHeight : wide
    activeFocusOnTab: true
    Accessible.role: Accessible.PageTab
    Accessible.name: count > 0 ? text + " " + count : text
    Accessible.description: key
    Accessible.focusable: true
    Accessible.selected: chosen
    Accessible.onPressAction: root.pressed()
    Keys.onReturnPressed: root.pressed()
    Keys.onEnterPressed: root.pressed()
    Keys.onSpacePressed: root.pressed()

    Rectangle {
        anchors.fill: parent
        radius: root.theme.radius
        color: root.chosen ? root.theme.tint : "transparent"

        Rectangle {
            anchors.left: parent.left
            anchors.leftMargin: -2
            anchors.verticalCenter: parent.verticalCenter
            width: 4
            height: parent.height / 2
            radius: 2
            color: root.theme.accent
            visible: root.chosen
        }
    }

    FocusRing {
        theme: root.theme
        shown: root.activeFocus
    }

    Icon {
        id: sign

        theme: root.theme
        name: root.icon
        size: root.theme.narrow ? Math.round(root.theme.icon * 0.75) : root.theme.icon
        tone: root.chosen ? root.theme.accent : root.theme.muted
        // With large text the number of what waits there stands in the icon's place.
        visible: !root.theme.narrow || root.count === 0
        x: root.theme.narrow ? Math.round((root.width - width - cap.width - root.theme.gap) / 2) : root.theme.gap * 2
        y: root.theme.narrow ? root.theme.gap * 1.5 : Math.round((root.height - height) / 2)
    }

    Label {
        id: words

        x: root.theme.narrow ? 0 : sign.x + sign.width + root.theme.gap * 2
        y: root.theme.narrow ? sign.y + sign.height : Math.round((root.height - height) / 2)
        width: root.theme.narrow ? root.width : cap.x - x - 2
        theme: root.theme
        text: root.text
        color: root.chosen ? root.theme.accent : root.theme.ink
        font.pixelSize: root.theme.narrow ? Math.round(root.theme.small * 0.85) : root.theme.body - 2
        font.weight: root.chosen ? Font.DemiBold : Font.Normal
        horizontalAlignment: root.theme.narrow ? Text.AlignHCenter : Text.AlignLeft
        wrapMode: Text.Wrap
        // Beside a long key a word gets smaller before it breaks.
        fontSizeMode: root.theme.narrow ? Text.FixedSize : Text.HorizontalFit
        minimumPixelSize: root.theme.small - 2
        lineHeight: 0.9
        Accessible.ignored: true
    }

    KeyCap {
        id: cap

        theme: root.theme
        key: root.key
        font: root.theme.narrow ? Math.round(root.theme.small * 0.7) : root.theme.small - 1
        x: root.theme.narrow ? sign.x + sign.width + root.theme.gap : root.width - width - root.theme.gap
        y: sign.y + Math.round((sign.height - height) / 2)
    }

    Rectangle {
        id: total

        // Over the icon's corner: beside the words it would take their room.
        x: (root.theme.narrow ? sign.x + sign.width : words.x + 2) - width
        y: Math.round(root.theme.narrow ? sign.y + (sign.height - height) / 2 : sign.y - height / 2 - 1)
        width: Math.max(height, number.implicitWidth + root.theme.gap * 2)
        height: Math.round(root.theme.small * 1.2) + 2 * border.width
        radius: height / 2
        color: root.theme.amber
        border.width: root.theme.narrow ? 0 : 2
        border.color: root.chosen ? root.theme.tint : root.theme.surface
        visible: root.count > 0

        Text {
            id: number

            anchors.centerIn: parent
            text: root.count
            color: root.theme.surface
            font.pixelSize: Math.round(root.theme.small * 0.85)
            font.weight: Font.DemiBold
            Accessible.ignored: true
        }
    }

    MouseArea {
        anchors.fill: parent
        onClicked: root.pressed()
    }
}
