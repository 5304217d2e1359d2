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

    signal pressed

    activeFocusOnTab: true
    Accessible.role: Accessible.Button
    Accessible.name: name + ", " + price
    Accessible.focusable: true
    Accessible.onPressAction: root.pressed()
    Keys.onReturnPressed: root.pressed()
    Keys.onEnterPressed: root.pressed()
    Keys.onSpacePressed: root.pressed()

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
        spacing: root.theme.gap

        Label {
            width: parent.width
            theme: root.theme
            text: root.name
            font.pixelSize: root.theme.body - 2
            elide: Text.ElideRight
            maximumLineCount: 2
            wrapMode: Text.Wrap
            lineHeight: 0.95
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
        onClicked: root.pressed()
    }
}
