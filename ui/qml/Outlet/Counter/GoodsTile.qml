import QtQuick
import Outlet.Components

// One of the goods sold most.
Item {
    id: root

    required property Theme theme
    required property int index
    required property string sku
    required property string name
    required property string price
    required property string unit

    // The size of a box tells it from the next one: it has a line of its own and is never cut.
    readonly property string size: (/\d+(×\d+)+\s*[a-z]*/.exec(name) || [""])[0]
    readonly property string title: size === "" ? name : name.replace(size, "").replace(/[,，\s]+$/, "")

    signal pressed(source: string)

    activeFocusOnTab: true
    Accessible.role: Accessible.Button
    Accessible.name: name + ", " + price
    Accessible.focusable: true
    Accessible.onPressAction: root.pressed("key")
    Keys.onReturnPressed: root.pressed("key")
    Keys.onEnterPressed: root.pressed("key")
    Keys.onSpacePressed: root.pressed("key")

    Card {
        anchors.fill: parent
        theme: root.theme
        color: area.pressed ? root.theme.tint : root.theme.surface
    }

    FocusRing {
        theme: root.theme
        shown: root.activeFocus
    }

    Column {
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.margins: root.theme.gap * 4
        anchors.verticalCenter: parent.verticalCenter
        spacing: root.size === "" ? root.theme.gap : 0

        Label {
            width: parent.width
            theme: root.theme
            text: root.title
            font.pixelSize: root.theme.body - 2
            elide: root.size === "" ? Text.ElideRight : Text.ElideMiddle
            maximumLineCount: root.size === "" ? 2 : 1
            wrapMode: root.size === "" ? Text.Wrap : Text.NoWrap
            lineHeight: 0.95
            Accessible.ignored: true
        }

        Label {
            width: parent.width
            theme: root.theme
            text: root.size
            font.pixelSize: root.theme.small
            fontSizeMode: Text.HorizontalFit
            minimumPixelSize: Math.round(root.theme.small * 0.6)
            visible: text !== ""
            Accessible.ignored: true
        }

        Label {
            width: parent.width
            theme: root.theme
            quiet: true
            text: root.price + (root.unit === "" ? "" : " / " + root.unit)
            elide: Text.ElideRight
            Accessible.ignored: true
        }
    }

    MouseArea {
        id: area

        anchors.fill: parent
        onClicked: root.pressed("touch")
    }
}
