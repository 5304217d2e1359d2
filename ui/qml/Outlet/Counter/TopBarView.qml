pragma ComponentBehavior: Bound
import QtQuick
import Outlet.Components
import Outlet.Models

// Where, when, who; what works; the time.
Rectangle {
    id: root

    required property Theme theme
    required property TopBar viewModel
    required property SessionPane session

    signal queueWanted
    signal devicesWanted

    implicitHeight: Math.max(52, Math.round(theme.body * 2.2))
    color: theme.deep

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

        anchors.left: parent.left
        anchors.leftMargin: root.theme.gap * 5
        anchors.verticalCenter: parent.verticalCenter
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

    Item {
        id: place

        anchors.left: mark.right
        anchors.leftMargin: root.theme.gap * 3
        anchors.right: lamps.left
        anchors.rightMargin: root.theme.gap * 4
        anchors.verticalCenter: parent.verticalCenter
        height: outlet.implicitHeight
        clip: true

        Label {
            id: outlet

            theme: root.theme
            width: Math.min(implicitWidth, place.width)
            text: root.session.outletName + " · " + root.session.place
            color: root.theme.deepInk
            font.weight: Font.DemiBold
            elide: Text.ElideRight
        }

        Label {
            anchors.left: outlet.right
            anchors.leftMargin: root.theme.gap * 4
            anchors.right: parent.right
            anchors.baseline: outlet.baseline
            theme: root.theme
            quiet: true
            text: root.session.businessDate + "   " + root.session.clerk
            color: root.theme.deepMuted
            elide: Text.ElideRight
            visible: width > root.theme.small * 4
        }
    }

    Row {
        id: lamps

        anchors.right: time.left
        anchors.rightMargin: root.theme.gap * 4
        anchors.verticalCenter: parent.verticalCenter
        spacing: root.theme.gap * 2

        Repeater {
            model: root.viewModel.devices

            Lamp {
                required property string icon
                required property string label
                required property string stateText
                required property string tone

                theme: root.theme
                sign: icon
                text: tone === "ok" ? label : label + " " + stateText
                lampTone: tone
                spoken: label + " " + stateText
                folded: root.theme.narrow
                onPressed: root.devicesWanted()
            }
        }

        Repeater {
            model: root.viewModel.services

            Lamp {
                required property string label
                required property string stateText
                required property string tone

                theme: root.theme
                sign: "service"
                text: label
                lampTone: tone
                spoken: label + " " + stateText
                folded: root.theme.narrow
                onPressed: root.devicesWanted()
            }
        }

        Lamp {
            theme: root.theme
            sign: "queue"
            text: root.theme.narrow ? root.viewModel.queueShort : root.viewModel.queueText
            lampTone: root.viewModel.queueTone
            spoken: root.viewModel.queueText
            onPressed: root.queueWanted()
        }

        Lamp {
            theme: root.theme
            sign: root.viewModel.online ? "platform" : "platform_away"
            text: root.viewModel.platformText
            lampTone: root.viewModel.platformTone
            spoken: root.viewModel.platformText
            folded: root.theme.narrow
            onPressed: root.viewModel.wake()
        }
    }

    Label {
        id: time

        anchors.right: parent.right
        anchors.rightMargin: root.theme.gap * 5
        anchors.verticalCenter: parent.verticalCenter
        theme: root.theme
        text: root.viewModel.time
        color: root.theme.deepInk
    }
}
